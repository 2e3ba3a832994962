/** What somebody says of a run that has ended: it is taken so from then on, whether a scheduler lives or not. */
import { SupertaskError } from '../errors.js';
import { markedRun } from '../model/mark.js';
import { isEnded, type Mark, type Run } from '../model/run.js';
import { quoteWord } from '../model/target.js';
import type { Store } from '../store/store.js';
import { lookAgain } from './control/wait.js';
import { findNamespace } from './read.js';

export type MarkOptions = {
  readonly status: Mark['status'];
  readonly note?: string | undefined;
  /** Who says so. */
  readonly by?: string | undefined;
  /** Only find out what would be done. */
  readonly isDry?: boolean | undefined;
};

/** `unchanged`: it had that outcome, and nothing is kept. */
export type Marked = { readonly kind: 'marked' | 'unchanged' | 'dry-run'; readonly run: Run };

const LONGEST_NOTE = 1_000;

/**
 * Give a run another outcome. No action is taken again for it; what looks at runs afterwards finds the new one.
 *
 * @throws {SupertaskError} `CONFLICT` for a run that goes on or never was one, `ID_UNKNOWN` where it is gone, `USAGE`
 */
export async function markRun(
  store: Store,
  named: Pick<Run, 'id' | 'namespace'>,
  { status, note, by, isDry = false }: MarkOptions,
): Promise<Marked> {
  if (note !== undefined && note.length > LONGEST_NOTE)
    throw new SupertaskError('USAGE', `the note has ${note.length} characters`, {
      hint: `At most ${LONGEST_NOTE} are kept.`,
    });
  const run = await lookAgain(store, named);
  if (run === undefined) throw new SupertaskError('ID_UNKNOWN', `there is no run ${named.id}`);
  refuse(run);
  const isSame = run.status === status && (note === undefined || run.marked?.note === note);
  if (isSame) return { kind: 'unchanged', run };
  const now = new Date();
  // Whoever says something later is heard, also where the clock was set back.
  const at = new Date(Math.max(now.getTime(), (run.marked?.at.getTime() ?? 0) + 1));
  const said = {
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
  };
  const marked = markedRun(run, { status, at, ...said });
  if (isDry) return { kind: 'dry-run', run: marked };
  const { author, host, user, source, kind } = await findNamespace(store, run.namespace);
  const origin = { host, user, source, kind, author };
  const writer = await store.open(run.namespace, origin, { mode: 'once', startedAt: now });
  await writer.record(marked).finally(() => writer.close('finished'));
  return { kind: 'marked', run: marked };
}

function refuse({ id, job, status }: Run): void {
  if (!isEnded(status))
    throw new SupertaskError(
      'CONFLICT',
      `run ${id.slice(0, 18)} of ${job} is ${status}: it has no outcome yet`,
      {
        hint: `supertask wait ${id.slice(0, 18)} waits for it, supertask stop ends it.`,
      },
    );
  if (status === 'skipped' || status === 'missed')
    throw new SupertaskError('CONFLICT', `run ${id.slice(0, 18)} of ${job} was ${status}: it never ran`, {
      hint: `supertask trigger ${quoteWord(job)} runs it now.`,
    });
}
