// A CSV file loaded into a table by DuckDB-wasm, its module compiled before. Reads the file's path, prints seconds and rows.
// Frozen: what is measured against this must not change with it.

const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { createRequire } = require('node:module');

const [folder, file, rounds] = process.argv.slice(2);
const load = createRequire(join(folder, 'package.json'));
const duckdb = load('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs');
const dist = dirname(load.resolve('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs'));
const bundles = {
  mvp: { mainModule: join(dist, 'duckdb-mvp.wasm'), mainWorker: join(dist, 'duckdb-node-mvp.worker.cjs') },
  eh: { mainModule: join(dist, 'duckdb-eh.wasm'), mainWorker: join(dist, 'duckdb-node-eh.worker.cjs') },
};

(async () => {
  const db = await duckdb.createDuckDB(bundles, new duckdb.VoidLogger(), duckdb.NODE_RUNTIME);
  await db.instantiate(() => {});
  const bytes = new Uint8Array(readFileSync(file));
  let seconds = Infinity;
  let rows = 0;
  for (let round = 0; round < Number(rounds); round += 1) {
    const connection = db.connect();
    const begin = performance.now();
    db.registerFileBuffer('leads.csv', bytes.slice());
    connection.query("create or replace table leads as select * from read_csv_auto('leads.csv')");
    seconds = Math.min(seconds, (performance.now() - begin) / 1000);
    rows = Number(connection.query('select count(*) as n from leads').toArray()[0].n);
    connection.close();
    db.dropFiles();
  }
  console.log(JSON.stringify({ seconds, rows, version: db.getVersion() }));
})();
