// What happens when an engine breaks. Runs in Node and in a page; the setting says how a broken worker is started.

/** @typedef {typeof import('../pkg/index.js')} Package */
/**
 * @typedef {object} Setting
 * @property {Package} lib
 * @property {(how: 'trap' | 'hang', name: string) => Promise<() => any>} broken a factory of workers, of which the
 *   first one is broken
 * @property {(how: 'trap' | 'hang', name: string) => Promise<void>} breakHere breaks the next engine of this thread
 * @property {string} nowhere  the URL of no worker
 */

const DEALS = `Deal ID,Stage,Amount,Create Date,Close Date
D1,Proposal,100,2026-01-01,2026-05-01
D2,Proposal,200,2026-01-02,2026-06-01
`;
const AS_OF = '2026-03-31';

/** @type {Record<string, (setting: Setting) => Promise<void>>} */
export const cases = {
  async 'a trap rejects its own call, and the next one is answered by another worker'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken('trap', 'deals_report') });
    await survives(lib, client);
  },

  async 'a trap in the calling thread rejects its call, and the next one is answered'({ lib, breakHere }) {
    await breakHere('trap', 'deals_report');
    const client = lib.createClient({ workers: 0 });
    await survives(lib, client);
  },

  async 'a call beside the one that trapped is answered as if nothing had happened'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken('trap', 'deals_report') });
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
    const client = lib.createClient({ workers: 1, worker: await broken('hang', 'deals_report') });
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
    const client = lib.createClient({ workers: 1, worker: await broken('trap', 'leads_explain') });
    const leads = await client.openLeads('Name,Company\nAnn,Acme\nBob,Bolt\n');
    await leads.score(await lib.preset('sales-led'), { asOf: AS_OF });
    await leads.view({ sort: [{ by: 'name', descending: true }] });
    equal((await failure(lib, () => leads.explain(0))).code, 'engine-stopped');
    equal((await leads.window(0, 2)).map(({ name }) => name), ['Bob', 'Ann']);
    client.dispose();
  },

  async 'a fresh engine knows the forecast of the last one'({ lib, broken }) {
    const client = lib.createClient({ workers: 1, worker: await broken('trap', 'deals_gates') });
    const deals = await client.openDeals(DEALS, { asOf: AS_OF });
    await deals.forecast(await lib.preset('sales-led'), { asOf: AS_OF });
    const totals = await deals.totals(0);
    equal((await failure(lib, () => deals.gates())).code, 'engine-stopped');
    equal((await deals.window(0, 2)).map(({ id }) => id), ['D1', 'D2']);
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
};

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
