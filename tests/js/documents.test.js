// Runs or checks every code block of README.md and docs/; the HTML ones run in tests/browser/documents.test.js and the
// Rust ones as documentation tests.

import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root, run } from '../../xtask/tools.js';
import { blocks } from '../blocks.js';
import { consumer } from '../consumer.js';

/** @type {Awaited<ReturnType<typeof consumer>>} */
let project;
before(async () => {
  project = await consumer();
  cpSync(join(root, 'www/samples'), project.folder, { recursive: true });
});
after(() => project.remove());

for (const { file, line, text } of blocks('js')) {
  test(`the block at ${file}:${line} runs in Node`, async () => {
    writeFileSync(join(project.folder, 'block.js'), text);
    await run(process.execPath, ['block.js'], { cwd: project.folder });
  });
}

for (const { file, line, text } of blocks('sh')) {
  test(`the commands at ${file}:${line} exist`, () => {
    for (const command of text.split('\n').filter((one) => one.trim() && !one.startsWith('#'))) check(command);
  });
}

for (const { file, line, text } of blocks('json')) {
  test(`the block at ${file}:${line} is JSON`, () => void JSON.parse(text));
}

test('the Rust blocks of the README are documentation tests', () => {
  const inTests = /include_str!\("(\.\.\/)?README\.md"\)/.test(readFileSync(join(root, 'src/lib.rs'), 'utf8'));
  assert.ok(inTests || blocks('rust').every(({ file }) => file !== 'README.md'));
});

/** @param {string} line */
function check(line) {
  const [program, ...words] = line.replace(/\s+#.*$/, '').trim().split(/\s+/);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (program === 'npm' && (words[0] === 'start' || words[0] === 'test')) return;
  if (program === 'npm' && words[0] === 'run') return assert.ok(scripts[words[1] ?? ''], `no script for \`${line}\``);
  if (program === 'npm' && words[0] === 'install') return assert.match(words[1] ?? '', /^(leadcast|\.?\/?leadcast-.*\.tgz)$/);
  if (program === 'cargo' && words[0] === 'add') return assert.equal(words[1], 'leadcast');
  if (program === 'cargo' && ['test', 'build', 'bench', 'doc'].includes(words[0] ?? '')) return;
  if (program === 'cargo' && words.includes('--example')) {
    return assert.ok(existsSync(join(root, `examples/${words[words.indexOf('--example') + 1]}.rs`)), line);
  }
  if (program === 'cargo' && words[0] === 'xtask') {
    const usage = readFileSync(join(root, 'xtask/src/main.rs'), 'utf8');
    return assert.match(usage, new RegExp(`^  ${words[1]} `, 'm'));
  }
  assert.fail(`\`${line}\` is checked by no rule of tests/js/documents.test.js`);
}
