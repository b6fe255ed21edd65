// Workbooks made by hand, so that they can also be what no spreadsheet program would write.

/**
 * A workbook of sheets; a cell is text, a number, a date's serial number `{ day }`, or raw XML `{ xml }`.
 *
 * @param {Record<string, unknown[][]>} sheets
 * @param {{ claimed?: number }} [lies] `claimed`: the size that every part claims to unpack to
 */
export function workbook(sheets, lies) {
  const names = Object.keys(sheets);
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const each = (/** @type {(name: string, at: number) => string} */ write) => names.map((name, at) => write(name, at + 1)).join('');
  return archive(
    {
      'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relation}"><sheets>${each((name, at) => `<sheet name="${name}" sheetId="${at}" r:id="rId${at}"/>`)}</sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${each((_, at) => `<Relationship Id="rId${at}" Type="${relation}/worksheet" Target="worksheets/sheet${at}.xml"/>`)}<Relationship Id="rId99" Type="${relation}/styles" Target="styles.xml"/></Relationships>`,
      'xl/styles.xml': `<styleSheet xmlns="${main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
      ...Object.fromEntries(names.map((name, at) => [`xl/worksheets/sheet${at + 1}.xml`, sheet(main, sheets[name] ?? [])])),
    },
    lies,
  );
}

/** @param {string} namespace @param {unknown[][]} rows */
function sheet(namespace, rows) {
  const lines = rows.map((cells, row) => {
    const written = cells.map((value, column) => cell(value, `${String.fromCharCode(65 + column)}${row + 1}`));
    return `<row r="${row + 1}">${written.join('')}</row>`;
  });
  return `<worksheet xmlns="${namespace}"><sheetData>${lines.join('')}</sheetData></worksheet>`;
}

/** @param {any} value @param {string} address */
function cell(value, address) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`;
  if (typeof value === 'string') {
    return `<c r="${address}" t="inlineStr"><is><t>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</t></is></c>`;
  }
  return value.xml ?? `<c r="${address}" s="1"><v>${value.day}</v></c>`;
}

/**
 * A zip archive whose files are stored as they are.
 *
 * @param {Record<string, string>} files
 * @param {{ claimed?: number }} [lies]
 */
export function archive(files, { claimed } = {}) {
  const encoder = new TextEncoder();
  /** @type {number[]} */
  const bytes = [];
  /** @type {number[]} */
  const directory = [];
  for (const [path, content] of Object.entries(files)) {
    const [name, data] = [encoder.encode(path), encoder.encode(content)];
    const sizes = [...int(0, 4), ...int(data.length, 4), ...int(claimed ?? data.length, 4), ...int(name.length, 2), 0, 0];
    directory.push(...int(0x02014b50, 4), ...int(0, 12), ...sizes, ...int(0, 10), ...int(bytes.length, 4), ...name);
    bytes.push(...int(0x04034b50, 4), ...int(0, 10), ...sizes, ...name);
    for (const byte of data) bytes.push(byte);
  }
  const count = Object.keys(files).length;
  const end = [...int(0x06054b50, 4), ...int(0, 4), ...int(count, 2), ...int(count, 2), ...int(directory.length, 4)];
  return new Uint8Array([...bytes, ...directory, ...end, ...int(bytes.length, 4), 0, 0]);
}

/** @param {number} value @param {number} bytes */
function int(value, bytes) {
  return Array.from({ length: bytes }, (_, at) => (value / 256 ** at) & 255);
}
