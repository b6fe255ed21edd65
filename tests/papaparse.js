// Writes the core cases of papaparse's test-cases.js as JSON for `evaluate csv`:
// node tests/papaparse.js ../shared/data/papaparse/test-cases.js > target/papaparse.json
// Cases that set an option of that library other than the delimiter are left out: we have no such option.

import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';

/** @typedef {{ description: string, input: unknown, config?: Record<string, unknown>, expected: { data: unknown } }} Published */

const source = readFileSync(process.argv[2] ?? '', 'utf8');
/** Whatever the file does with the library it tests comes to nothing. @type {object} */
const nothing = new Proxy(function () {}, { get: () => nothing, apply: () => nothing, construct: () => nothing });
const context = { module: undefined, chai: { assert: nothing }, Papa: nothing, document: undefined, describe: () => {}, XMLHttpRequest: undefined };
const start = source.indexOf('var CORE_PARSER_TESTS');
const end = source.indexOf('];', source.indexOf('var PARSE_TESTS')) + 2;
const text = source.slice(source.indexOf('var RECORD_SEP'), source.indexOf('var FILES_ENABLED')) + source.slice(start, end);
/** @type {Published[]} */
const all = runInNewContext(`${text}; CORE_PARSER_TESTS.concat(PARSE_TESTS)`, context);
const known = new Set(['delimiter', 'newline', 'header']);
const plain = all.filter(({ input, config = {}, expected }) =>
  typeof input === 'string' && !config['header'] && Array.isArray(expected.data) &&
  Object.entries(config).every(([key, value]) => known.has(key) && (key !== 'delimiter' || (typeof value === 'string' && value.length === 1))));
const cases = plain.map(({ description, input, config = {}, expected }) =>
  ({ name: description, input, delimiter: config['delimiter'] ?? null, rows: expected.data }));
process.stdout.write(`${JSON.stringify(cases)}\n`);
process.stderr.write(`${cases.length} of ${all.length} cases; the others set options that we do not have\n`);
