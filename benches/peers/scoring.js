// Ten rules over objects, as a page would write them, with a half-life. Frozen.

/** @typedef {Record<string, string>} Row */

/**
 * @param {Row[]} rows
 * @param {number} today day number
 * @returns {Float64Array} points per row
 */
export function scoreRows(rows, today) {
  const points = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    let fit = 0;
    const employees = Number(row['Employees']);
    if (employees >= 200 && employees <= 1000) fit += 30;
    else if (employees >= 50 && employees < 200) fit += 15;
    if (['Software', 'Finance'].includes(row['Industry'] ?? '')) fit += 25;
    if (['US', 'DE', 'FR'].includes(row['Country'] ?? '')) fit += 15;
    const title = (row['Title'] ?? '').toLowerCase();
    if (title.includes('vp') || title.includes('chief')) fit += 20;
    else if (title.includes('director')) fit += 10;
    if (row['Source'] === 'Referral') fit += 10;
    let engagement = 0;
    const visits = Number(row['Visits']);
    engagement += Math.min(visits * 3, 30);
    if (row['Demo'] === 'Yes') engagement += 40;
    const age = today - Date.parse(row['Last Activity'] ?? '') / 86_400_000;
    if (age >= 0) engagement += 40 * 2 ** (-age / 14);
    points[i] = Math.min(fit, 100) + Math.min(engagement, 100);
  });
  return points;
}
