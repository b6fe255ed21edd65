import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root, run } from '../../xtask/tools.js';
import { consumer } from '../consumer.js';

/** @type {Awaited<ReturnType<typeof consumer>>} */
let project;
before(async () => {
  project = await consumer();
});
after(() => project.remove());

test('the tarball carries what is listed, and no source that was bundled', () => {
  assert.deepEqual(
    project.tarball.files.filter((name) => !/^(LICENSE|README|CHANGELOG|THIRD-PARTY)/.test(name)),
    [
      'api.js',
      'client.js',
      'data-set.js',
      'error.js',
      'index.d.ts',
      'index.js',
      'node-worker.js',
      'node.js',
      'package.json',
      'report.js',
      'runner.js',
      'schema.json',
      'serve.js',
      'source.js',
      'wasm/data.d.ts',
      'wasm/engine.js',
      'wasm/leadcast_bg.wasm',
      'wasm/worker.js',
      'zone.js',
    ],
  );
  assert.ok(project.tarball.files.includes('LICENSE-MIT'));
});

test('publint has nothing to say', async () => {
  const folder = join(project.folder, 'node_modules/leadcast');
  const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg, { color: false })), []);
});

test('the types resolve in every kind of project that can import it', async () => {
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const files = ['--exclude-entrypoints', './worker', './wasm', './schema.json'];
  await run(process.execPath, [attw, project.tarball.path, '--profile', 'esm-only', '--no-definitely-typed', ...files]);
});

test('the package depends on nothing', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
});

test('every entry exports the same names and does nothing when it is imported', async () => {
  const [node, browser] = await Promise.all([import('../../pkg/node.js'), import('../../pkg/index.js')]);
  assert.deepEqual(Object.keys(node).sort(), Object.keys(browser).sort());
});

test('the versions of the crate and the package agree', async () => {
  const { version } = await import('../../pkg/node.js');
  const { version: declared } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
  assert.equal(await version(), declared);
});

const PIPELINE = 'Deal Name,Stage,Amount,Close Date,Created Date\\nAcme,Proposal,120000,2026-03-20,2026-01-10\\n';
const USE = `import { forecastDeals, preset } from 'leadcast';
const run = { asOf: '2026-02-15', quota: 100000 };
const report = await forecastDeals('${PIPELINE}', await preset('sales-led'), run, { workers: 1 });
console.log(report.headline.sentence);
`;

test('it runs in a fresh Node project, with a worker', async () => {
  writeFileSync(join(project.folder, 'main.js'), USE);
  const output = await run(process.execPath, ['main.js'], { cwd: project.folder });
  assert.match(output, /^\d+ % to reach \$100K; P50 .*; 1 deal/);
});

for (const [name, lib, types] of [['with the DOM', ['es2022', 'dom'], []], ['in Node', ['es2022'], ['node']]]) {
  test(`strict TypeScript accepts its types ${name}, library files checked too`, async () => {
    const compilerOptions = {
      ...{ lib, types, strict: true, module: 'nodenext', target: 'es2022', noEmit: true, skipLibCheck: false },
      typeRoots: [join(root, 'node_modules/@types')],
    };
    writeFileSync(join(project.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    const source = `${USE}const p50: number = report.headline.p50.value;\nexport { p50 };\n`;
    writeFileSync(join(project.folder, 'main.ts'), source.replaceAll('console.log', 'String'));
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: project.folder });
  });
}

test('the derived types are those on record', () => {
  const record = join(root, 'tests/js/leadcast.d.ts.golden');
  // What fields are and may be is the promise; how they are described may improve.
  const derived = readFileSync(join(root, 'pkg/wasm/data.d.ts'), 'utf8').replace(/^ *\/\*\*.*?\*\/\n/gms, '');
  if (process.env.UPDATE_GOLDEN) writeFileSync(record, derived);
  const recorded = readFileSync(record, 'utf8').split('\n');
  const changed = derived.split('\n').find((line, i) => line !== recorded[i]);
  assert.equal(changed, undefined, 'other types than on record (UPDATE_GOLDEN=1 rewrites it)');
});
