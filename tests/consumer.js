// An empty project with the packed package installed, as a user has it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../xtask/pack.js';
import { run } from '../xtask/tools.js';

/** @returns {Promise<{ folder: string, tarball: Awaited<ReturnType<typeof pack>>, remove: () => void }>} */
export async function consumer() {
  const folder = mkdtempSync(join(tmpdir(), 'leadcast-consumer-'));
  const tarball = await pack(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', tarball.path], { cwd: folder });
  return { folder, tarball, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
