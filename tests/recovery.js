// What happens when an engine breaks. Runs in Node and in a page; the setting says how a broken worker is started.

import { NO_ROOM, cramped, sabotage } from './sabotage.js';

/** @typedef {typeof import('../pkg/index.js')} Package */
/**
 * @typedef {object} Setting
 * @property {Package} lib
 * @property {(source: string) => Promise<() => any>} broken a factory of workers, of which the
 *   first one is broken
 * @property {string} nowhere  the URL of no worker
 * @property {(source: string) => Promise<void>} runHere runs a text in this thread
 * @property {() => Promise<() => any>} fresh a factory of workers
 * @property {() => Promise<Uint8Array>} bytes of the module
 * @property {() => Promise<Package>} second another copy of the package
 */

const DEALS = `Deal ID,Stage,Amount,Create Date,Close Date
D1,Proposal,100,2026-01-01,2026-05-01
D2,Proposal,200,2026-01-02,2026-06-01
`;
const AS_OF = '2026-03-31';

/** @type {Record<string, (setting: Setting) => Promise<void>>} */
export const cases = {
  async 'a trap rejects its own call, and the next one is answered by another worker'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken(sabotage('trap', 'deals_report')) });
    await survives(lib, client);
  },

  async 'a trap in the calling thread rejects its call, and the next one is answered'({ lib, runHere }) {
    await runHere(sabotage('trap', 'deals_report'));
    const client = lib.createClient({ workers: 0 });
    await survives(lib, client);
  },

  async 'a call beside the one that trapped is answered as if nothing had happened'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken(sabotage('trap', 'deals_report')) });
    const [guilty, innocent] = [await client.openDeals(DEALS, { asOf: AS_OF }), await client.openDeals(DEALS, { asOf: AS_OF })];
    const model = await lib.preset('sales-led');
    const [first, second] = await Promise.allSettled([
      guilty.forecast(model, { asOf: AS_OF }),
      innocent.proposedAsOf(),
    ]);
    equal([first.status, second.status], ['rejected', 'fulfilled']);
    equal(await innocent.proposedAsOf(), '2026-01-02');
    client.dispose();
  },

  async 'a worker that hangs is replaced when its call is aborted'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken(sabotage('hang', 'deals_report')) });
    const deals = await client.openDeals(DEALS, { asOf: AS_OF });
    const model = await lib.preset('sales-led');
    const begin = performance.now();
    const error = await failure(lib, () =>
      deals.forecast(model, { asOf: AS_OF }, { signal: AbortSignal.timeout(400) }),
    );
    equal([error.kind, /** @type {any} */ (error.cause).name], ['cancelled', 'TimeoutError']);
    if (performance.now() - begin > 1500) throw new Error('it took too long to give up');
    equal((await deals.forecast(model, { asOf: AS_OF })).headline.openDeals, 2);
    client.dispose();
  },

  async 'a fresh engine stands where the last one stood'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken(sabotage('trap', 'leads_explain')) });
    const leads = await client.openLeads('Name,Company\nAnn,Acme\nBob,Bolt\n');
    await leads.score(await lib.preset('sales-led'), { asOf: AS_OF });
    await leads.view({ sort: [{ by: 'name', descending: true }] });
    equal((await failure(lib, () => leads.explain(0))).code, 'engine-stopped');
    equal((await leads.window(0, 2)).map(({ name }) => name), ['Bob', 'Ann']);
    client.dispose();
  },

  async 'a fresh engine knows the forecast of the last one'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken(sabotage('trap', 'deals_gates')) });
    const deals = await client.openDeals(DEALS, { asOf: AS_OF });
    await deals.forecast(await lib.preset('sales-led'), { asOf: AS_OF });
    const totals = await deals.totals(0);
    equal((await failure(lib, () => deals.gates())).code, 'engine-stopped');
    equal((await deals.window(0, 2)).map(({ id }) => id), ['D1', 'D2']);
    equal(await deals.totals(0), totals);
    client.dispose();
  },

  async 'a forecast that was stopped leaves the last one to be asked about, whatever became of the worker'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken(sabotage('trap', 'deals_gates')) });
    const model = await lib.preset('sales-led');
    const [deals, other] = [await client.openDeals(DEALS, { asOf: AS_OF }), await client.openDeals(DEALS, { asOf: AS_OF })];
    await deals.forecast(model, { asOf: AS_OF });
    const totals = await deals.totals(0);
    const stop = new AbortController();
    const second = failure(lib, () => deals.forecast(model, { asOf: AS_OF, seed: 2, trials: 4_096_000 }, { signal: stop.signal }));
    equal((await failure(lib, () => other.gates())).code, 'engine-stopped');
    stop.abort();
    equal((await second).kind, 'cancelled');
    equal(await deals.totals(0), totals);
    client.dispose();
  },

  async 'a worker that cannot start says so, every time'({ lib, nowhere }) {
    const client = lib.createClient({ workers: 1, workerUrl: nowhere });
    for (let i = 0; i < 2; i++) {
      const error = await failure(lib, () => client.openDeals(DEALS));
      equal([error.kind, error.code, error.retryable], ['unavailable', 'worker-failed', true]);
    }
    client.dispose();
  },

  async 'a module that cannot be loaded says where it was looked for'({ lib }) {
    for (const workers of [0, 1]) {
      const client = lib.createClient({ workers, wasmUrl: 'nowhere.wasm' });
      const error = await failure(lib, () => client.openDeals(DEALS));
      equal([error.kind, error.code], ['unavailable', 'engine-not-loaded']);
      if (!error.message.includes('nowhere.wasm')) throw new Error(error.message);
      client.dispose();
    }
  },

  async 'a module that is a page, cut short or another program is named as such, and the right one works'({ lib }) {
    const wrong = {
      page: new TextEncoder().encode('<!doctype html><title>404</title>'),
      cut: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1]),
      another: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]),
    };
    for (const workers of [0, 1]) {
      for (const module of Object.values(wrong)) {
        await using(lib.createClient({ workers, module }), async (client) => {
          for (let i = 0; i < 2; i++) {
            const error = await failure(lib, () => client.openDeals(DEALS));
            equal([error.kind, error.code], ['unavailable', 'engine-not-loaded']);
            if (!/\(.+\)$/.test(error.message)) throw new Error(`no remedy in: ${error.message}`);
          }
        });
      }
      await using(lib.createClient({ workers }), async (client) => {
        equal((await (await client.openDeals(DEALS)).receipt()).rowsUsed, 2);
      });
    }
  },

  async 'a forecast stopped before, early, half way or at its end leaves the next answer right'({ lib }) {
    const model = await lib.preset('sales-led');
    // Long enough to be heard of several times on the way.
    const file = DEALS.slice(0, DEALS.indexOf('\n') + 1) + Array.from({ length: 200 }, (_, i) => `D${i},Proposal,${100 + i},2026-01-01,2026-05-01\n`).join('');
    const run = { asOf: AS_OF, trials: 2_048_000 };
    for (const workers of [0, 1]) {
      await using(lib.createClient({ workers }), async (client) => {
        const deals = await client.openDeals(file, { asOf: AS_OF });
        const right = await deals.forecast(model, { asOf: AS_OF });
        for (const at of [-1, 0, 0.5, 0.99]) {
          const stop = new AbortController();
          if (at < 0) stop.abort();
          const onProgress = (/** @type {{ phase: string, done: number }} */ { phase, done }) => {
            if (phase === 'simulate' && done >= at) stop.abort();
          };
          const [outcome] = await Promise.allSettled([deals.forecast(model, { ...run, seed: 2 + at * 100 | 0 }, { signal: stop.signal, onProgress })]);
          // The last progress may come with the answer: then it stands.
          if (outcome.status === 'rejected') equal([outcome.reason.kind, outcome.reason.code], ['cancelled', 'cancelled']);
          else if (at < 0.99) throw new Error(`not stopped at ${at}`);
          stop.abort();
          equal(await deals.forecast(model, { asOf: AS_OF }), right);
        }
      });
    }
  },

  async 'what was handed over may be changed or taken away after the call'({ lib }) {
    const client = lib.createClient({ workers: 1 });
    const bytes = new TextEncoder().encode(DEALS);
    const opening = client.openDeals(bytes);
    bytes.fill(44);
    equal((await (await opening).receipt()).rowsUsed, 2);
    const moved = new TextEncoder().encode(DEALS);
    structuredClone(moved.buffer, { transfer: [moved.buffer] });
    const error = await failure(lib, () => client.openDeals(moved));
    equal([error.kind, error.code], ['input', 'empty']);
    client.dispose();
  },

  async 'a worker that is ended from outside is missed, and its call is made again'({ lib, fresh }) {
    const spawn = await fresh();
    /** @type {any[]} */
    const started = [];
    const worker = () => {
      started.push(spawn());
      return started.at(-1);
    };
    const model = await lib.preset('sales-led');
    await using(lib.createClient({ workers: 1, worker }), async (client) => {
      const deals = await client.openDeals(DEALS, { asOf: AS_OF });
      const right = await deals.forecast(model, { asOf: AS_OF });
      let ended = 0;
      const onProgress = () => {
        if (ended === 0) started[ended++].terminate();
      };
      const longer = await deals.forecast(model, { asOf: AS_OF, trials: 2_048_000 }, { onProgress });
      equal([ended, started.length, longer.headline.openDeals], [1, 2, 2]);
      // Ended while it has nothing to do: the next call finds another.
      started[1].terminate();
      equal(await deals.forecast(model, { asOf: AS_OF }), right);
    });
  },

  async 'an engine without room to start says so, and starts once there is room'({ lib, runHere, broken }) {
    const model = await lib.preset('sales-led');
    const right = await lib.forecastDeals(DEALS, model, { asOf: AS_OF }, { workers: 0 });
    const worker = await broken(NO_ROOM);
    for (const workers of [0, 1]) {
      if (workers === 0) await runHere(NO_ROOM);
      await using(lib.createClient({ workers, worker }), async (client) => {
        const error = await failure(lib, () => client.openDeals(DEALS, { asOf: AS_OF }));
        equal([error.kind, error.code, error.retryable], ['unavailable', 'engine-not-started', true]);
        if (!/RangeError: could not allocate memory \(.+\)$/.test(error.message)) throw new Error(error.message);
        const deals = await client.openDeals(DEALS, { asOf: AS_OF });
        equal(await deals.forecast(model, { asOf: AS_OF }), right);
      });
    }
  },

  async 'an engine that runs out of memory fails that call alone'({ lib, bytes }) {
    const module = cramped(await bytes(), 64);
    const model = await lib.preset('sales-led');
    const run = { asOf: AS_OF, trials: 1024 };
    const [header, ...lines] = DEALS.trim().split('\n');
    const large = `${header}\n${`${lines.join('\n')}\n`.repeat(100_000)}`;
    for (const workers of [0, 1]) {
      const right = await lib.forecastDeals(DEALS, model, run, { workers });
      await using(lib.createClient({ workers, module }), async (client) => {
        const deals = await client.openDeals(DEALS, { asOf: AS_OF });
        for (let i = 0; i < 2; i++) {
          const error = await failure(lib, () => client.openDeals(large));
          equal([error.kind, error.code, error.retryable], ['internal', 'engine-stopped', true]);
          equal(await deals.forecast(model, run), right);
        }
      });
    }
  },

  async 'two copies of the package work side by side, whatever becomes of one of them'({ lib, second }) {
    const other = await second();
    if (other.createClient === lib.createClient) throw new Error('it is the same copy');
    const model = await lib.preset('sales-led');
    const right = await lib.forecastDeals(DEALS, model, { asOf: AS_OF }, { workers: 0 });
    for (const workers of [0, 1]) {
      const [here, there] = [lib.createClient({ workers }), other.createClient({ workers })];
      const opened = await Promise.all([here, there].map((client) => client.openDeals(DEALS, { asOf: AS_OF })));
      for (const report of await Promise.all(opened.map((deals) => deals.forecast(model, { asOf: AS_OF })))) equal(report, right);
      there.dispose();
      equal(await opened[0]?.forecast(model, { asOf: AS_OF }), right);
      await failure(other, async () => opened[1]?.totals(0));
      here.dispose();
    }
  },

  async 'a thousand runs need no more memory than the first of them'({ lib }) {
    const model = JSON.parse(/** @type {any} */ (JSON.stringify(await lib.preset('sales-led'))));
    const [header, ...lines] = DEALS.trim().split('\n');
    const file = `${header}\n${Array.from({ length: 200 }, (_, i) => (lines[i % 2] ?? '').replace(/^D\d/, `E${i}`)).join('\n')}\n`;
    const size = nextMemory();
    await using(lib.createClient({ workers: 0 }), async (client) => {
      const once = async (/** @type {number} */ seed) => {
        const deals = await client.openDeals(seed % 2 ? DEALS : file, { asOf: AS_OF });
        await deals.forecast(model, { asOf: AS_OF, seed, trials: 64, periods: 1 });
        deals.dispose();
      };
      for (let run = 0; run < 50; run++) await once(run);
      const warm = size();
      for (let run = 50; run < 1000; run++) await once(run);
      equal(size(), warm);
    });
  },
};

/**
 * Disposes of the client however the work ends: a worker left behind would keep the process.
 *
 * @param {import('../pkg/index.js').Client} client
 * @param {(client: import('../pkg/index.js').Client) => Promise<void>} work
 */
async function using(client, work) {
  try {
    await work(client);
  } finally {
    client.dispose();
  }
}

/** The bytes of memory of the next engine that starts in this thread. */
function nextMemory() {
  const { Instance } = WebAssembly;
  /** @type {WebAssembly.Memory | undefined} */
  let memory;
  const Watched = /** @type {any} */ (function (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) {
    WebAssembly.Instance = Instance;
    const instance = new Instance(module, imports);
    memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
    return instance;
  });
  Watched.prototype = Instance.prototype;
  WebAssembly.Instance = Watched;
  return () => {
    if (!memory) throw new Error('no memory was seen: the engine started elsewhere');
    return memory.buffer.byteLength;
  };
}

/** @param {Package} lib @param {import('../pkg/index.js').Client} client */
async function survives(lib, client) {
  const deals = await client.openDeals(DEALS, { asOf: AS_OF });
  const model = await lib.preset('sales-led');
  const error = await failure(lib, () => deals.forecast(model, { asOf: AS_OF }));
  equal([error.kind, error.code, error.retryable], ['internal', 'engine-stopped', true]);
  const right = await lib.forecastDeals(DEALS, model, { asOf: AS_OF }, { workers: 0 });
  equal(await deals.forecast(model, { asOf: AS_OF }), right);
  client.dispose();
}

/**
 * The error that the work must end in.
 *
 * @param {Package} lib
 * @param {() => Promise<unknown>} work
 */
async function failure(lib, work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof lib.LeadcastError) return error;
    throw error;
  }
  throw new Error('it answered instead of failing');
}

/** @param {unknown} got @param {unknown} expected */
function equal(got, expected) {
  const [left, right] = [JSON.stringify(got), JSON.stringify(expected)];
  if (left !== right) throw new Error(`expected ${right}, got ${left}`);
}
