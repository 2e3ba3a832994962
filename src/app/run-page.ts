/** Runs, a page at a time: what follows a page stays the same while new runs arrive. */
import { SupertaskError } from '../errors.js';
import { formatCursor, parseCursor } from '../model/cursor.js';
import type { Run, RunStatus, Trigger } from '../model/run.js';
import type { RunPosition, RunQuery } from '../store/store.js';
import type { Service } from './service.js';

export type RunFilter = {
  readonly namespace?: string | undefined;
  readonly job?: string | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  readonly trigger?: readonly Trigger[] | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** In the id, the job, who asked, the note or the message, whatever the case of its letters. */
  readonly text?: string | undefined;
};

/** What there is from a cursor on; `next`: of the page after it, null where there is none. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null };

/** Text is looked for in so many runs for one answer, which may then have fewer items than asked for. */
const MOST_SEARCHED = 20_000;
const SEARCHED_AT_ONCE = 2_000;

/** Newest first. @throws {SupertaskError} `USAGE` for a cursor that is none. */
export async function pageOfRuns(
  service: Service,
  filter: RunFilter,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Run>> {
  const { text, ...rest } = filter;
  const after = cursor === undefined ? undefined : positionOf(cursor);
  const query = { ...rest, namespace: service.namespace ?? rest.namespace, after };
  const found =
    text === undefined ? await take(service, query, limit) : await search(service, query, text, limit);
  const live = liveRunsOf(service);
  return {
    items: found.items.map((run) => live.get(run.id) ?? run),
    next: found.last === undefined ? null : cursorOf(found.last),
  };
}

/** `last`: where the list was cut; undefined where it was not. */
type Found = { readonly items: readonly Run[]; readonly last: RunPosition | undefined };
type Query = Omit<RunQuery, 'limit'>;

async function take({ store }: Service, query: Query, limit: number): Promise<Found> {
  const found = await store.runs({ ...query, limit: limit + 1 });
  const items = found.slice(0, limit);
  return { items, last: found.length > limit ? items.at(-1) : undefined };
}

async function search(service: Service, query: Query, text: string, limit: number): Promise<Found> {
  const needle = text.toLowerCase();
  const items: Run[] = [];
  let { after } = query;
  for (let looked = 0; looked < MOST_SEARCHED; looked += SEARCHED_AT_ONCE) {
    const batch = await take(service, { ...query, after }, SEARCHED_AT_ONCE);
    for (const run of batch.items) {
      if (items.length === limit) return { items, last: items.at(-1) };
      if (isAbout(run, needle)) items.push(run);
    }
    after = batch.last;
    if (after === undefined) return { items, last: undefined };
    // Others may want something, too.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { items, last: after };
}

function isAbout({ id, job, by, note, message }: Run, needle: string): boolean {
  return [id, job, by, note, message].some((text) => text?.toLowerCase().includes(needle));
}

/** Runs of the schedulers of this process as they are now, by id. */
export function liveRunsOf(service: Service): ReadonlyMap<string, Run> {
  const own = service.owned().filter(({ namespace }) => service.sees(namespace));
  return new Map(own.flatMap((control) => control.status().running.map((run) => [run.id, run] as const)));
}

/**
 * One run as it is now.
 *
 * @param text - Its id, or how its id begins.
 * @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`
 */
export async function findRun(service: Service, namespace: string, text: string): Promise<Run> {
  const live = liveRunsOf(service).get(text);
  if (live?.namespace === namespace) return live;
  const idPrefix = text.toLowerCase();
  const found = /^[0-9a-f][0-9a-f-]{0,35}$/.test(idPrefix)
    ? await service.store.runs({ namespace, idPrefix, limit: 3 })
    : [];
  const [run, other] = found;
  if (run === undefined)
    throw new SupertaskError('ID_UNKNOWN', `there is no run ${JSON.stringify(text)} in ${namespace}`);
  if (other === undefined) return liveRunsOf(service).get(run.id) ?? run;
  throw new SupertaskError('ID_AMBIGUOUS', `"${text}" fits more than one run`, {
    hint: `It could be ${found.map(({ id }) => id).join(', ')}; give more of it.`,
  });
}

function cursorOf({ scheduledAt, attempt, id }: RunPosition): string {
  return formatCursor('runs', [scheduledAt.getTime(), attempt, id]);
}

function positionOf(cursor: string): RunPosition {
  const [at, attempt, id] = parseCursor('runs', cursor) ?? [];
  const isWhole = Number.isSafeInteger(at) && Number.isSafeInteger(attempt) && typeof id === 'string';
  const scheduledAt = new Date(isWhole ? (at as number) : Number.NaN);
  if (!Number.isNaN(scheduledAt.getTime()))
    return { scheduledAt, attempt: attempt as number, id: id as string };
  throw noCursor(cursor);
}

export function noCursor(text: string): SupertaskError {
  return new SupertaskError('USAGE', `${JSON.stringify(text.slice(0, 60))} is no cursor of this list`, {
    hint: 'Take "next" of the answer before as it is, with the same parameters; without a cursor the list begins anew.',
  });
}
