// Bundles what must be one file: the page's libraries (www/vendor) and the package's engine and worker (pkg/wasm).
// Nothing may need `eval`, so that everything runs under a strict content security policy.

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Failure, root } from './tools.js';

/** The page's libraries: file under www/vendor, and the package it comes from. */
const libraries = [
  { name: 'plot', from: '@observablehq/plot' },
  { name: 'regular-table', from: 'regular-table' },
];

/**
 * What the package's engine brings along beside the module: only these, and not all that they depend on. A copy of
 * saxen is inside read-excel-file.
 */
const inEngine = [{ only: 'read-excel-file' }, { only: 'saxen' }, { only: 'fflate' }];

/** fflate's `unzip` starts workers of its own and knows no limit; the workbook reader gets pkg/unzip.js instead. */
const unzipWithLimits = {
  name: 'unzip-with-limits',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    const within = /node_modules[\\/]read-excel-file[\\/]/;
    build.onResolve({ filter: /^fflate$/ }, ({ importer }) =>
      within.test(importer) ? { path: join(root, 'pkg/unzip.js') } : undefined,
    );
  },
};

/** Bundles the page's libraries unless the lock file and this script are those of the last time. */
export async function bundleVendor() {
  const folder = join(root, 'www/vendor');
  const stamp = join(folder, '.stamp');
  const inputs = [join(root, 'package-lock.json'), join(root, 'xtask/bundle.js')];
  const state = digest(inputs.map((path) => readFileSync(path, 'utf8')).join('\0'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return 'unchanged';
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: libraries.map(({ name, from }) => ({ in: from, out: name })),
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    chunkNames: '[name]-[hash]',
    legalComments: 'linked',
    logLevel: 'error',
  });
  for (const { name, from } of libraries) writeFileSync(join(folder, `${name}.d.ts`), `export * from '${from}';\n`);
  cpSync(join(root, 'node_modules/regular-table/dist/css/material.css'), join(folder, 'regular-table.css'));
  forbidEval(folder);
  writeFileSync(stamp, state);
  return sizes(folder, libraries.map(({ name }) => `${name}.js`));
}

/**
 * Bundles the package's engine and its worker with the module's glue. The engine becomes a factory, because each call
 * must give an instance of its own; the worker is a classic script, so that it starts from anywhere, a blob included.
 */
export async function bundlePackage() {
  const folder = join(root, 'pkg/wasm');
  /** @type {import('esbuild').BuildOptions} */
  const shared = {
    absWorkingDir: root,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'iife',
    target: 'es2022',
    plugins: [unzipWithLimits],
    logLevel: 'error',
  };
  await build({ ...shared, entryPoints: ['pkg/worker.js'], outfile: join(folder, 'worker.js'), minifyIdentifiers: true });
  const { metafile } = await build({
    ...shared,
    entryPoints: ['pkg/engine.js'],
    outfile: join(folder, 'engine.js'),
    globalName: 'engine',
    metafile: true,
    banner: { js: 'export default function load() {' },
    footer: { js: 'return engine;\n}' },
  });
  checkBundled(Object.keys(metafile.inputs));
  writeFileSync(join(folder, 'engine.d.ts'), "export default function load(): typeof import('../engine.js');\n");
  writeFileSync(join(folder, 'data.d.ts'), dataTypes(readFileSync(join(folder, 'leadcast.d.ts'), 'utf8')));
  forbidEval(folder);
  return sizes(folder, ['engine.js', 'worker.js']);
}

/** Fails when the engine holds other packages than THIRD-PARTY-NOTICES is written from. @param {string[]} inputs */
function checkBundled(inputs) {
  const found = new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  const unnamed = [...found].filter((name) => !inEngine.some(({ only }) => only === name));
  if (unnamed.length > 0) throw new Failure(`the engine is bundled with ${unnamed.join(', ')} (name it in inEngine)`);
}

/**
 * The declarations of the data that the engine hands out, in alphabetical order; those of the glue are nobody's business.
 *
 * @param {string} declarations
 */
function dataTypes(declarations) {
  const pattern = /(?:\/\*\*(?:(?!\*\/).)*\*\/\n)?export (?:interface|type) (\w+)[^;{]*(?:\{.*?^\}|;)$/gms;
  const found = [...declarations.matchAll(pattern)].map(({ 0: text, 1: name = '' }) => ({ text, name }));
  const data = found.filter(({ name }) => !/^(InitInput|InitOutput|SyncInitInput)$/.test(name));
  return data.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => `${text}\n`).join('\n');
}

/** @param {string} folder */
function forbidEval(folder) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const found = /\bnew Function\(|\beval\(/.exec(readFileSync(join(folder, file), 'utf8'));
    if (found) throw new Failure(`${join(folder, file)} contains \`${found[0]}\`, which the page's policy forbids`);
  }
}

/** @param {string} folder @param {string[]} files */
function sizes(folder, files) {
  return files.map((file) => `${file} ${gzipSync(readFileSync(join(folder, file))).length} gz`).join(', ');
}

/** @param {string} text */
function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}
