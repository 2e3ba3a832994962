/** Waits for the end of a run without asking again and again: what happens is told. */
import { isEnded, type Run } from '../model/run.js';
import { findRun } from './run-page.js';
import type { Service } from './service.js';

/**
 * A run as it is when it has ended, or when enough time has passed.
 *
 * @param signal - Aborted when nobody wants to know any more.
 * @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`, `STATE_UNAVAILABLE`
 */
export async function waitForRun(
  service: Service,
  { namespace, run: text }: { readonly namespace: string; readonly run: string },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Run> {
  const run = await findRun(service, namespace, text);
  if (isEnded(run.status) || timeoutMs === 0) return run;
  const turn = createTurn();
  const over = AbortSignal.any([signal, service.closing, AbortSignal.timeout(timeoutMs)]);
  over.addEventListener('abort', turn.take);
  const feed = await service.feed();
  const listening = await feed.listen({
    since: undefined,
    namespace,
    tell: ({ events }) => {
      if (events.some(({ type, id }) => type === 'reset' || id.includes(run.id))) turn.take();
    },
    end: turn.take,
  });
  try {
    for (;;) {
      // Once before anything is told: it may have ended since it was found.
      const now = await findRun(service, namespace, run.id);
      if (isEnded(now.status) || over.aborted) return now;
      await turn.next();
    }
  } finally {
    listening.leave();
    over.removeEventListener('abort', turn.take);
  }
}

/** Something has happened, once or several times, since this was asked last. */
function createTurn(): { take(): void; next(): Promise<void> } {
  let wake: (() => void) | undefined;
  let isTaken = false;
  return {
    take() {
      isTaken = true;
      wake?.();
    },
    async next() {
      if (!isTaken)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      isTaken = false;
    },
  };
}
