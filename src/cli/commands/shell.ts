/** `shell`: what a job finds when it runs, to be looked at and tried out. */
import { isatty } from 'node:tty';
import { type JobCommand, runInPlace } from '../../app/job-place.js';
import { openStore } from '../../app/parts.js';
import { SupertaskError } from '../../errors.js';
import { printable } from '../../model/printable.js';
import type { Step, Task } from '../../model/task.js';
import { loadSettings, stateDirectory } from '../../settings/load.js';
import { findDefinition } from '../definition.js';
import { EXIT, type Exit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { signalExit } from '../signal-exit.js';
import { type Flags, textFlag } from '../steering.js';
import { zoneOf } from '../time-flags.js';
import { argsOf } from './trigger.js';

export async function shellCommand(job: string, words: readonly string[], flags: Flags): Promise<Exit> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  const definition = await findDefinition(store, {
    job,
    file: textFlag(flags, 'file'),
    settings,
    ...argsOf(flags),
  });
  const { task, source, namespace } = definition;
  const step = chooseStep(task, textFlag(flags, 'step'));
  const what = commandOf(words);
  if (what.kind === 'interactive') tellWhere(task, step, task.cwd ?? source.directory);
  const { docker } = settings;
  const env = docker === undefined ? process.env : { ...process.env, SUPERTASK_DOCKER: docker };
  const end = await runInPlace(
    { task, step, namespace, directory: source.directory, env, tz: zoneOf(settings) },
    what,
  );
  if ('code' in end) return end;
  if ('signal' in end) return signalExit(end.signal);
  process.stderr.write(`error: ${printable(end.failed.message ?? 'it could not be started')}\n`);
  return { code: end.failed.exitCode ?? EXIT.broken };
}

/** Without words: a shell, as far as somebody sits there. */
function commandOf([line, ...words]: readonly string[]): JobCommand {
  if (line !== undefined) return { kind: 'line', line, words };
  const { SHELL: shell } = process.env;
  if (!isatty(0)) return { kind: 'input' };
  return { kind: 'interactive', shell: shell === undefined || shell === '' ? '/bin/sh' : shell };
}

/** By number from 1 or by name; the first one that is not passed over, else. */
function chooseStep({ id, steps }: Task, wanted: string | undefined): Step {
  if (wanted === undefined) return steps.find(({ when }) => when !== false) ?? steps[0];
  const found = steps[Number(wanted) - 1] ?? steps.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw new SupertaskError('USAGE', `${id} has no step ${JSON.stringify(wanted)}`, {
    hint: `Give a number from 1 to ${steps.length}, or a name.`,
  });
}

function tellWhere({ id }: Task, { target }: Step, directory: string): void {
  const lines = [`the environment of ${id} in ${printable(directory)}; exit leaves it`];
  if (target.kind === 'docker') lines.push('this is outside of its container, which gets less of it');
  process.stderr.write(lines.map((line) => `supertask: ${line}\n`).join(''));
}
