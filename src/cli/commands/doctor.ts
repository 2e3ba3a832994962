/** `doctor`: what would keep jobs from running, and the way out. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import kleur from 'kleur';
import type { Diagnosis } from '../../app/doctor/diagnosis.js';
import { examine } from '../../app/doctor/doctor.js';
import { callerName } from '../../app/identity.js';
import { SupertaskError } from '../../errors.js';
import { printable } from '../../model/printable.js';
import { quoteWord } from '../../model/target.js';
import { loadSettings, stateDirectory } from '../../settings/load.js';
import type { Settings } from '../../settings/table.js';
import { findTimetable } from '../../settings/timetable.js';
import { systemZone } from '../../settings/zone.js';
import type { FileStore } from '../../store/file/store.js';
import { findDefinition } from '../definition.js';
import { EXIT, type Exit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { readInput } from '../input.js';
import { openReading, type Reading } from '../reading.js';
import type { Flags } from '../steering.js';

export async function doctorCommand(subject: string | undefined, flags: Flags): Promise<Exit> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const reading = await openReading(flags);
  const { docker } = settings;
  const found = await examine({
    store: reading.store,
    root: stateDirectory(settings.stateDir, process.env, cwd),
    namespace: settings.ns === undefined ? undefined : reading.namespace,
    env: docker === undefined ? process.env : { ...process.env, SUPERTASK_DOCKER: docker },
    cwd,
    // Not checked here: a zone that is none is found, too.
    tz: settings.tz ?? zoneOrText(process.env),
    now: new Date(),
    ping,
    jobs: await chooseJobs(reading.store, subject, settings, cwd),
    readInput,
  });
  const isHealthy = found.every(({ status }) => status !== 'fail');
  if (reading.json) await reading.printJson({ healthy: isHealthy, checks: found.map(record) });
  else await print(reading, found);
  return { code: isHealthy ? EXIT.ok : EXIT.failed };
}

function zoneOrText(env: NodeJS.ProcessEnv): string {
  try {
    return systemZone(env);
  } catch {
    return env['TZ'] ?? '';
  }
}

async function ping(socket: string): Promise<unknown> {
  const { ask } = await import('../../http/client.js');
  return ask(socket, { method: 'GET', path: '/health', by: callerName() });
}

/** A file or directory, else a job; undefined: the timetable here, if there is one. */
async function chooseJobs(store: FileStore, subject: string | undefined, settings: Settings, cwd: string) {
  if (subject === undefined) {
    const file = await findTimetable(cwd);
    return file === undefined ? undefined : { file };
  }
  const isFile = statSync(resolve(cwd, subject), { throwIfNoEntry: false }) !== undefined;
  if (isFile || subject === '-' || subject.includes('/') || /\.(?:ya?ml|json|py)$/i.test(subject))
    return { file: subject };
  const { source, task } = await findDefinition(store, { job: subject, file: undefined, settings });
  if (source.kind === 'file') return { file: source.source, task: task.taskId ?? task.id };
  throw new SupertaskError('CONFLICT', `${task.id} comes from ${source.source}, which is no file here`, {
    hint:
      source.kind === 'inline'
        ? `Write it into a timetable, and name that. What it finds when it runs: supertask shell ${quoteWord(task.id)}`
        : 'Fetch it, and name the file.',
  });
}

const COLORS = { ok: kleur.green, warn: kleur.yellow, fail: kleur.red } as const;

async function print({ streams, color }: Reading, found: readonly Diagnosis[]): Promise<void> {
  const isColored = color();
  kleur.enabled = isColored;
  const names = found.map(({ check, job }) => (job === undefined ? check : `${job}: ${check}`));
  const width = Math.min(30, Math.max(...names.map(({ length }) => length)));
  const lines = found.flatMap(({ status, message, hint }, index) => {
    const word = status.padEnd(4);
    const name = printable(names[index] ?? '').padEnd(width);
    const head = `${isColored ? COLORS[status](word) : word}  ${name}  ${printable(message)}`;
    return hint === undefined || hint === '' ? [head] : [head, `      hint: ${printable(hint)}`];
  });
  await streams.write('stdout', [...lines, summary(found)].map((line) => `${line}\n`).join(''));
  await streams.flush();
}

function summary(found: readonly Diagnosis[]): string {
  const count = (wanted: Diagnosis['status']): number =>
    found.filter(({ status }) => status === wanted).length;
  const parts = [`${count('ok')} ok`];
  if (count('warn') > 0) parts.push(`${count('warn')} warned of`);
  if (count('fail') > 0) parts.push(`${count('fail')} failed`);
  return parts.join(', ');
}

/** As JSON for programs; the names are a contract. */
function record({ status, check, message, hint, job }: Diagnosis) {
  return { status, check, message, hint: hint === undefined || hint === '' ? null : hint, job: job ?? null };
}
