/** What led to a run, and what it led to. */
import { actionInstant } from '../model/action.js';
import type { Run } from '../model/run.js';
import type { Store } from '../store/store.js';

/** A run, and how many steps it is away: before 0, after above 0. */
export type Link = { readonly run: Run; readonly depth: number };

export type Chain = {
  /** The first first. */
  readonly ledBy: readonly Link[];
  /** Each followed by those that it led to. */
  readonly ledTo: readonly Link[];
};

const MAX_DEPTH = 20;
const MAX_RUNS = 10_000;
/** Of a run that led to more, the first are told. */
const MAX_LINKS = 500;
/** What comes after a run is due at the instant at which it ended or a little later. */
const SOON_MS = 5_000;

export async function findChain(store: Store, run: Run): Promise<Chain> {
  return { ledBy: await before(store, run), ledTo: await after(store, run, 1) };
}

/** Attempts are told elsewhere: they are one step. */
async function before(store: Store, run: Run): Promise<readonly Link[]> {
  const found: Link[] = [];
  let { cause } = run;
  for (let steps = 0; cause !== undefined && steps < MAX_DEPTH; steps++) {
    const [earlier] = await store.runs({ namespace: run.namespace, idPrefix: cause.run, limit: 1 });
    if (earlier === undefined) break;
    if (cause.kind !== 'retry') found.unshift({ run: earlier, depth: -found.length - 1 });
    cause = earlier.cause;
  }
  return found;
}

/** What an action leads to is due when the run ended that it is about; what runs it again, when it was due itself. */
async function after(store: Store, run: Run, depth: number, links: Link[] = []): Promise<readonly Link[]> {
  if (depth > MAX_DEPTH) return links;
  const at = actionInstant(run);
  const { namespace, job, scheduledAt: due } = run;
  const query = { namespace, limit: MAX_RUNS };
  const soon = await store.runs({ ...query, since: at, until: new Date(at.getTime() + SOON_MS) });
  const again = await store.runs({ ...query, job, trigger: ['rerun'], since: due, until: due });
  // Others may want something, too.
  await new Promise((resolve) => setImmediate(resolve));
  const next = distinct([...soon, ...again])
    .filter(({ cause }) => cause?.run === run.id && cause.kind !== 'retry')
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const each of next) {
    if (links.length >= MAX_LINKS) break;
    links.push({ run: each, depth });
    await after(store, each, depth + 1, links);
  }
  return links;
}

function distinct(runs: readonly Run[]): Run[] {
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}
