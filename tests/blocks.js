// The code blocks of the project's documents.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../xtask/tools.js';

/** @typedef {{ file: string, line: number, language: string, text: string }} Block */

/**
 * Every fenced block of README.md and docs/ in one of the languages.
 *
 * @param {...string} languages
 * @returns {Block[]}
 */
export function blocks(...languages) {
  const docs = existsSync(join(root, 'docs')) ? readdirSync(join(root, 'docs')).map((name) => `docs/${name}`) : [];
  const files = ['README.md', ...docs.filter((name) => name.endsWith('.md')).sort()];
  return files.flatMap((file) => read(file)).filter(({ language }) => languages.includes(language));
}

/** @param {string} file @returns {Block[]} */
function read(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```([\w,-]*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: body = '', index }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    language,
    text: body,
  }));
}
