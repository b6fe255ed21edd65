// Unpacks a workbook's archive, within limits: what read-excel-file is given in place of fflate's `unzip`, which would
// start workers of its own. An archive can claim any size, so what it claims is added up before anything is unpacked,
// and nothing is unpacked beyond what was claimed.

import { unzipSync } from 'fflate';

export { strFromU8 } from 'fflate';

export const MOST_BYTES = 256 * 1024 * 1024;
export const MOST_CELLS = 20_000_000;

/** A workbook that asks for more than this package gives. */
export class WorkbookLimit extends Error {}

/**
 * @param {Uint8Array} archive
 * @param {(error: unknown, files?: Record<string, Uint8Array>) => void} callback
 */
export function unzip(archive, callback) {
  try {
    let claimed = 0;
    const files = unzipSync(archive, {
      filter: ({ name, originalSize }) => {
        if (!/\.(?:xml|rels)$/i.test(name)) return false; // pictures, macros, printer settings
        claimed += originalSize;
        if (claimed > MOST_BYTES) throw new WorkbookLimit(`the workbook unpacks to more than ${MOST_BYTES / 1048576} MiB`);
        return true;
      },
    });
    for (const [name, content] of Object.entries(files)) {
      if (/^xl\/worksheets\/[^/]+\.xml$/i.test(name)) checkExtent(content);
    }
    callback(null, files);
  } catch (error) {
    callback(error);
  }
}

/**
 * Two cells far apart span a sheet of billions, each of which a reader would make. Only the addresses count: what a
 * sheet says of its own size need not be true.
 *
 * @param {Uint8Array} content
 */
function checkExtent(content) {
  const decoder = new TextDecoder();
  let rows = 0;
  let columns = 0;
  let rest = '';
  for (let from = 0; from < content.length; from += 1 << 22) {
    const text = rest + decoder.decode(content.subarray(from, from + (1 << 22)), { stream: true });
    for (const [, letters = '', digits = ''] of text.matchAll(/\br\s*=\s*["']([A-Za-z]{1,4})?(\d{1,9})["']/g)) {
      rows = Math.max(rows, Number(digits));
      columns = Math.max(columns, columnOf(letters));
    }
    rest = text.slice(-40);
    if (rows * columns > MOST_CELLS) {
      throw new WorkbookLimit(`a sheet spans ${rows} rows by ${columns} columns, more than ${MOST_CELLS} cells`);
    }
  }
}

/** `A` is 1, `XFD` 16,384. @param {string} letters */
function columnOf(letters) {
  return [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}
