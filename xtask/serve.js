// Serves the page (www/) and the package (pkg/) as a plain static host would, with the page's policy as a header too.

import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve as absolute } from 'node:path';
import sirv from 'sirv';
import { root } from './tools.js';

/**
 * @param {{ port?: number, mounts?: Record<string, string>, headers?: Record<string, string> }} [options] `mounts`:
 *   URL prefix to folder (under the root unless absolute); port 0 takes a free one.
 * @returns {Promise<{ url: string, requests: string[], close: () => Promise<void> }>} `requests` lists every path asked for
 */
export function serve({ port = 0, mounts = { '/pkg/': 'pkg', '/': 'www' }, headers = policyHeader() } = {}) {
  const folders = Object.entries(mounts).map(([prefix, folder]) => ({
    prefix,
    handler: sirv(absolute(root, folder), { dev: true, setHeaders: (response) => setAll(response, headers) }),
  }));
  /** @type {string[]} */
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const mount = folders.find(({ prefix }) => request.url?.startsWith(prefix));
    const absent = () => void response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    if (!mount || (request.method !== 'GET' && request.method !== 'HEAD')) return absent();
    request.url = `/${request.url?.slice(mount.prefix.length)}`;
    mount.handler(request, response, absent);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port'));
      resolve({
        url: `http://127.0.0.1:${address.port}/`,
        requests,
        close: () => new Promise((done) => {
          server.close(() => done());
          server.closeAllConnections();
        }),
      });
    });
  });
}

/**
 * The policy stands once, in the page; a response header also covers the worker's own script.
 *
 * @returns {Record<string, string>}
 */
function policyHeader() {
  const path = join(root, 'www/index.html');
  const page = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const policy = /http-equiv="content-security-policy"\s+content="([^"]+)"/i.exec(page)?.[1];
  return policy ? { 'content-security-policy': policy.replace(/\s+/g, ' ').trim() } : {};
}

/** @param {import('node:http').ServerResponse} response @param {Record<string, string>} headers */
function setAll(response, headers) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('x-content-type-options', 'nosniff');
}
