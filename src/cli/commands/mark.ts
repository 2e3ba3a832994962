/** `mark`: gives a run that has ended another outcome, in the name of whoever says so. */
import { type Marked, markRun } from '../../app/mark.js';
import { findRun } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { describeEnd } from '../../model/describe.js';
import { runRecord } from '../../model/record.js';
import type { Mark } from '../../model/run.js';
import { summarize } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { scopeOf } from '../reading.js';
import { type Flags, openSteering, say, textFlag } from '../steering.js';

const OUTCOMES: readonly string[] = ['succeeded', 'failed'] satisfies readonly Mark['status'][];

export async function markCommand(text: string, outcome: string, flags: Flags): Promise<Exit> {
  const status = parseOutcome(outcome);
  const steering = await openSteering(flags);
  const { store, by, isDry } = steering;
  const found = await findRun(store, text, scopeOf(steering, text));
  const marked = await markRun(store, found, { status, note: textFlag(flags, 'note'), by, isDry });
  if (steering.json) await steering.printJson({ kind: marked.kind, run: runRecord(marked.run) });
  else await say(steering, describe(marked));
  return { code: EXIT.ok };
}

function describe({ kind, run }: Marked): string {
  const what = `${summarize(run.job)} run ${run.id.slice(0, 18)}`;
  if (kind === 'unchanged') return `${what} is ${run.status} already: ${describeEnd(run)}`;
  return `${kind === 'dry-run' ? `would mark ${what}` : what}: ${describeEnd(run)}`;
}

function parseOutcome(text: string): Mark['status'] {
  if (OUTCOMES.includes(text)) return text as Mark['status'];
  throw new SupertaskError('USAGE', `${JSON.stringify(text)} is not an outcome that a run can be given`, {
    hint: 'Write succeeded or failed.',
  });
}
