// @ts-check
/**
 * A table of any length: regular-table draws the rows in sight, this asks the worker for them in blocks and keeps a few.
 * Rows are real table rows; arrow keys choose one, Enter opens it.
 */

import '../vendor/regular-table.js';
import { leaf, seen } from './dom.js';

const BLOCK = 60;
const BLOCKS_KEPT = 80;

/**
 * @typedef {{ key: string, label: string, number?: boolean, sortable?: boolean, text: (row: any) => string, mark?: (row: any) => string }} GridColumn
 * @typedef {object} GridData
 * @property {string} label
 * @property {unknown} version another object means other rows
 * @property {boolean} [holds] whether other rows leave the table where it is scrolled to
 * @property {number} total
 * @property {GridColumn[]} columns the first one names the row
 * @property {{ key: string, descending: boolean }} sort
 * @property {number | null} selected the `row` of the chosen row
 * @property {(from: number, count: number) => Promise<any[]>} fetch
 * @property {(key: string) => void} onSort
 * @property {((row: any) => void) | null} onSelect
 */

/** @param {GridData} data */
export function grid(data) {
  return leaf('grid', { create: createGrid, update: updateGrid, data });
}

/** @type {WeakMap<Element, Grid>} */
const grids = new WeakMap();

function createGrid() {
  const element = document.createElement('regular-table');
  grids.set(element, new Grid(/** @type {any} */ (element)));
  return element;
}

/**
 * @param {Element} element
 * @param {GridData} data
 */
function updateGrid(element, data) {
  grids.get(element)?.show(data);
}

class Grid {
  /** @type {GridData | undefined} */
  data;
  /** @type {Map<number, Promise<any[]>>} */
  blocks = new Map();
  /** @type {Map<number, any>} position → row, for those in sight */
  seen = new Map();
  /** Position of the row the keyboard is on. */
  position = -1;
  columnKeys = '';

  /** @param {any} element */
  constructor(element) {
    this.element = element;
    element.setAttribute('role', 'region');
    element.addEventListener('click', (/** @type {MouseEvent} */ event) => this.click(event));
    element.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.keydown(event));
  }

  /** @param {GridData} data */
  show(data) {
    const last = this.data;
    this.data = data;
    const columnKeys = data.columns.map((column) => column.key).join();
    this.element.setAttribute('aria-label', data.label);
    if (last?.version !== data.version) {
      this.blocks.clear();
      this.seen.clear();
      if (!data.holds) {
        this.position = -1;
        if (last) this.element.scrollTop = 0;
      }
    }
    if (!last || this.columnKeys !== columnKeys) {
      this.columnKeys = columnKeys;
      this.element.setDataListener((/** @type {number} */ x0, /** @type {number} */ y0, /** @type {number} */ x1, /** @type {number} */ y1) => this.window(x0, y0, x1, y1), { virtual_mode: 'both', column_classes: true });
      if (!last) this.element.addStyleListener(() => this.style());
    }
    this.element.draw();
  }

  /**
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   */
  async window(x0, y0, x1, y1) {
    const data = /** @type {GridData} */ (this.data);
    const [name, ...rest] = data.columns;
    const columns = rest.slice(x0, x1);
    const rows = await this.rows(y0, Math.min(y1, data.total));
    this.seen = new Map(rows.map((row, i) => [y0 + i, row]));
    return {
      num_rows: data.total,
      num_columns: rest.length,
      num_row_headers: 1,
      num_column_headers: 1,
      // Two leads of one name are two rows.
      merge_headers: 'column',
      column_headers: columns.map((column) => [column.label]),
      row_headers: rows.map((row) => [seen(name?.text(row) ?? '')]),
      data: columns.map((column) => rows.map((row) => seen(column.text(row)))),
    };
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  async rows(from, to) {
    const data = /** @type {GridData} */ (this.data);
    const out = [];
    for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block += 1) {
      let rows = this.blocks.get(block);
      if (!rows) {
        rows = data.fetch(block * BLOCK, Math.min(BLOCK, data.total - block * BLOCK));
        this.blocks.set(block, rows);
        if (this.blocks.size > BLOCKS_KEPT) this.blocks.delete(/** @type {number} */ (this.blocks.keys().next().value));
      }
      const start = block * BLOCK;
      out.push(...(await rows).slice(Math.max(0, from - start), Math.max(0, to - start)));
    }
    return out;
  }

  /** Marks cells after each drawing. */
  style() {
    const data = this.data;
    if (!data) return;
    const [name, ...rest] = data.columns;
    const table = this.element.querySelector('table');
    table?.setAttribute('aria-rowcount', String(data.total + 1));
    for (const cell of this.element.querySelectorAll('th, td')) {
      const meta = this.element.getMeta(cell);
      if (!meta) continue;
      if (meta.type === 'column_header' || meta.type === 'corner') this.styleHeader(cell, meta.type === 'corner' ? name : rest[meta.x]);
      else this.styleCell(cell, meta.type === 'row_header' ? name : rest[meta.x], meta.y);
    }
    // A row below the last one in sight may be left over from where the table was before.
    for (const line of this.element.querySelectorAll('tbody tr')) {
      const isHere = this.seen.has(this.element.getMeta(line.firstElementChild)?.y);
      line.toggleAttribute('hidden', !isHere);
      if (isHere) continue;
      line.removeAttribute('aria-rowindex');
      delete line.dataset.position;
    }
  }

  /**
   * @param {HTMLTableCellElement} cell
   * @param {GridColumn | undefined} column
   */
  styleHeader(cell, column) {
    if (!column) return;
    const data = /** @type {GridData} */ (this.data);
    if (cell.textContent === '') cell.textContent = column.label;
    cell.classList.toggle('number', Boolean(column.number));
    cell.dataset.sort = column.sortable === false ? '' : column.key;
    cell.scope = 'col';
    if (column.sortable === false) {
      cell.removeAttribute('tabindex');
      cell.removeAttribute('aria-sort');
      return;
    }
    cell.tabIndex = 0;
    if (data.sort.key === column.key) cell.setAttribute('aria-sort', data.sort.descending ? 'descending' : 'ascending');
    else cell.setAttribute('aria-sort', 'none');
  }

  /**
   * @param {HTMLElement} cell
   * @param {GridColumn | undefined} column
   * @param {number} y
   */
  styleCell(cell, column, y) {
    const row = this.seen.get(y);
    if (!column || !row) return;
    const data = /** @type {GridData} */ (this.data);
    cell.classList.toggle('number', Boolean(column.number));
    cell.dataset.mark = column.mark?.(row) ?? '';
    cell.dataset.key = column.key;
    const line = /** @type {HTMLElement} */ (cell.parentElement);
    line.setAttribute('aria-rowindex', String(y + 2));
    line.dataset.position = String(y);
    line.classList.toggle('chosen', row.row === data.selected);
    line.classList.toggle('at', y === this.position);
    line.classList.toggle('odd', y % 2 === 1);
    if (row.row === data.selected) line.setAttribute('aria-current', 'true');
    else line.removeAttribute('aria-current');
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const header = target.closest('th');
    if (header?.dataset.sort && header.closest('thead')) {
      this.data?.onSort(header.dataset.sort);
      return;
    }
    const line = target.closest('tr');
    if (line?.dataset.position && line.closest('tbody')) this.choose(Number(line.dataset.position));
  }

  /** @param {KeyboardEvent} event */
  keydown(event) {
    const data = this.data;
    if (!data) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.dataset.sort && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      data.onSort(target.dataset.sort);
      return;
    }
    if (target !== this.element) return;
    const visible = Math.max(1, this.element.querySelectorAll('tbody tr').length - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: visible, PageUp: -visible, Home: -data.total, End: data.total };
    if (event.key in steps) {
      event.preventDefault();
      const step = steps[/** @type {keyof typeof steps} */ (event.key)];
      this.move(Math.min(data.total - 1, Math.max(0, this.position + step)));
    } else if ((event.key === 'Enter' || event.key === ' ') && this.position >= 0) {
      event.preventDefault();
      this.choose(this.position);
    }
  }

  /**
   * Puts the keyboard on a row and brings it into sight.
   * @param {number} position
   */
  async move(position) {
    this.position = position;
    const lines = [...this.element.querySelectorAll('tbody tr')].map((line) => Number(line.dataset.position));
    const last = lines.at(-2) ?? lines.at(-1) ?? 0;
    if (position <= (lines[0] ?? 0)) await this.element.scrollToCell(0, position);
    else if (position >= last) await this.element.scrollToCell(0, Math.max(0, position - lines.length + 3));
    await this.element.draw();
  }

  /** @param {number} position */
  async choose(position) {
    this.position = position;
    const row = this.seen.get(position) ?? (await this.rows(position, position + 1))[0];
    if (row) this.data?.onSelect?.(row);
  }
}
