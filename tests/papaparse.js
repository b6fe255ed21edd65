// Writes the core cases of papaparse's test-cases.js as JSON for `evaluate csv`:
// node tests/papaparse.js ../shared/data/papaparse/test-cases.js > target/papaparse.json
// Cases that set an option of that library other than the delimiter are left out: we have no such option.

import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';

const source = readFileSync(process.argv[2] ?? '', 'utf8');
const stub = new Proxy(function () {}, { get: () => stub, apply: () => stub, construct: () => stub });
const context = { module: undefined, chai: { assert: stub }, Papa: stub, document: undefined, describe: () => {}, XMLHttpRequest: undefined };
const start = source.indexOf('var CORE_PARSER_TESTS');
const end = source.indexOf('];', source.indexOf('var PARSE_TESTS')) + 2;
const text = source.slice(source.indexOf('var RECORD_SEP'), source.indexOf('var FILES_ENABLED')) + source.slice(start, end);
const all = runInNewContext(`${text}; CORE_PARSER_TESTS.concat(PARSE_TESTS)`, context);
const known = new Set(['delimiter', 'newline', 'header']);
const plain = all.filter(({ input, config = {}, expected }) =>
  typeof input === 'string' && !config.header && Array.isArray(expected.data) &&
  Object.entries(config).every(([key, value]) => known.has(key) && (key !== 'delimiter' || typeof value === 'string' && value.length === 1)));
const cases = plain.map(({ description, input, config = {}, expected }) =>
  ({ name: description, input, delimiter: config.delimiter ?? null, rows: expected.data }));
process.stdout.write(`${JSON.stringify(cases)}\n`);
process.stderr.write(`${cases.length} of ${all.length} cases; the others set options that we do not have\n`);
