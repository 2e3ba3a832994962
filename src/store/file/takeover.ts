/**
 * Runs that were planned for an instant by a scheduler that is gone: one of those that live takes each over.
 *
 * Whoever makes the link `@<run>.<n>` among the slots has it; a link whose maker is dead is passed over by making the
 * next one. What was read before that may be old by then, so it is read again afterwards.
 */
import { plannedFor, type Run } from '../../model/run.js';
import { ensureDirectory, listNames, removeFile } from './disk.js';
import { findInHistory } from './history.js';
import { isWriterAlive, type Journals } from './journals.js';
import type { Place } from './layout.js';
import { placesOfRun } from './limit.js';
import { frame } from './record.js';
import { handOver, isLivePlace, makeLink, readHolder } from './slot.js';
import { viewNamespace } from './view.js';
import { runRecord } from './writer-record.js';
import { type OpenRun, openWriters, type State } from './writer-state.js';

const MAX_OWNERS = 1_000;

/**
 * @param isWanted - Whether this writer has the job of a run, or nobody has.
 * @returns The runs that are this writer's from now on; each is on record as such.
 * @throws As the system does, and none of them is this writer's then.
 */
export function takeOverPlanned(
  state: State,
  journals: Journals,
  now: Date,
  isWanted: (job: string) => boolean,
): Run[] {
  const wanted = forsaken(state, journals, now).filter((run) => isWanted(run.job));
  const taken: Taken[] = [];
  try {
    for (const run of wanted) {
      const token = takeToken(state, journals, run.id, now);
      if (token !== undefined) taken.push({ run, token });
    }
    return taken.length === 0 ? [] : keepTaken(state, taken, now);
  } catch (error) {
    // Whoever can may have them; as long as this writer lives, the links would keep everybody from it.
    for (const { token } of taken) removeFile(token);
    throw error;
  }
}

type Taken = { readonly run: Run; readonly token: string };

/** Put on record as this writer's those that are still to be had. */
function keepTaken(state: State, taken: readonly Taken[], now: Date): Run[] {
  const fresh = viewNamespace(state.place, now).journals;
  const still = new Set(forsaken(state, fresh, now).map(({ id }) => id));
  const mine = taken.filter(
    ({ run: { id } }) => still.has(id) && findInHistory(state.place.history, id) === undefined,
  );
  for (const each of taken) if (!mine.includes(each)) removeFile(each.token);
  // Before the record, after which nobody would do it again.
  const open = mine.map(
    ({ run, token }): OpenRun => ({
      run,
      slot: slotOf(state.place, run),
      shared: takePlaces(state, run),
      token,
    }),
  );
  const at = now.toISOString();
  state.journal.appendDurable(mine.map(({ run }) => frame(runRecord(state, run, at))).join(''));
  for (const each of open) state.open.set(each.run.id, each);
  return mine.map(({ run }) => run);
}

/** What it holds or waits for beside its job's places is this writer's. */
function takePlaces(state: State, { id }: Run): readonly string[] {
  const shared = placesOfRun(state.place.slots, id);
  for (const path of shared) handOver(path, { run: id, writer: state.name, pid: process.pid });
  return shared;
}

/** Planned runs whose owner is gone. */
function forsaken(state: State, journals: Journals, now: Date): Run[] {
  return [...journals.runs.values()]
    .filter(({ run, writer }) => {
      if (plannedFor(run) === undefined || state.open.has(run.id)) return false;
      return !isWriterAlive(journals.writers.get(writer), now);
    })
    .map(({ run }) => run);
}

/** @returns The link that makes it ours; undefined when it is somebody else's. */
function takeToken(state: State, journals: Journals, runId: string, now: Date): string | undefined {
  const { slots } = state.place;
  ensureDirectory(slots);
  for (let owner = 0; owner < MAX_OWNERS; owner++) {
    const token = tokenPath(state.place, runId, owner);
    if (makeLink(token, `${runId} ${state.name} ${process.pid}`)) return token;
    const holder = readHolder(token);
    const writer = holder && journals.writers.get(holder.writer);
    // One that is not known yet has come since the journals were read.
    const isGone = writer !== undefined && !openWriters.has(writer.name) && !isWriterAlive(writer, now);
    if (!isGone) return undefined;
  }
  return undefined;
}

/** The run has ended: nobody asks any more whose it is. */
export function dropTokens(place: Place, runId: string): void {
  for (const name of listNames(place.slots))
    if (name.startsWith(`@${runId}.`)) removeFile(`${place.slots}/${name}`);
}

function tokenPath(place: Place, runId: string, owner: number): string {
  return `${place.slots}/@${runId}.${owner}`;
}

/** The place that it holds among the runs of its job. */
function slotOf(place: Place, run: Run): string | undefined {
  return listNames(place.slots)
    .filter((name) => !/^[@+]/.test(name))
    .map((name) => `${place.slots}/${name}`)
    .find((path) => isLivePlace(path) && readHolder(path)?.run === run.id);
}
