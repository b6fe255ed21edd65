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
      'error.js',
      'index.d.ts',
      'index.js',
      'node-worker.js',
      'node.js',
      'package.json',
      'runner.js',
      'serve.js',
      'wasm/data.d.ts',
      'wasm/engine.js',
      'wasm/leadcast_bg.wasm',
      'wasm/worker.js',
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
  const files = ['--exclude-entrypoints', './worker', './wasm'];
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

test('it runs in a fresh Node project', async () => {
  writeFileSync(
    join(project.folder, 'main.js'),
    `import { version } from 'leadcast';
     console.log(await version());`,
  );
  assert.match(await run(process.execPath, ['main.js'], { cwd: project.folder }), /^\d+\.\d+\.\d+\n$/);
});
