// A file to learn a scorecard from.

/**
 * Leads with an outcome: ten numbers and ten columns of words, some of which matter.
 *
 * @param {number} count
 */
export function outcomes(count) {
  const numbers = Array.from({ length: 10 }, (_, at) => `n${at}`);
  const words = Array.from({ length: 10 }, (_, at) => `w${at}`);
  const lines = [`id,won,${[...numbers, ...words].join(',')}`];
  // A small generator of its own: the same file everywhere.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let row = 0; row < count; row += 1) {
    const n = numbers.map(() => Math.round(1000 * random()) / 10);
    const w = words.map((_, at) => Math.floor(random() * (3 + 2 * at)));
    const score = -1.5 + (n[0] ?? 0) / 50 - ((n[1] ?? 0) / 100) ** 2 + (w[0] === 1 ? 1 : 0) - (w[3] ?? 0) / 8;
    lines.push(`r${row},${random() < 1 / (1 + Math.exp(-score)) ? 'Yes' : 'No'},${n.join(',')},${w.map((level) => `level ${level}`).join(',')}`);
  }
  return lines.join('\n');
}
