/** `reload`: has schedulers read their sources again, or says what that would change. */
import { existsSync } from 'node:fs';
import { loadSource, sourceName } from '../../app/file-source.js';
import { findNamespace } from '../../app/read.js';
import { previewReload, type ReloadPreview } from '../../app/reload-preview.js';
import { SupertaskError } from '../../errors.js';
import type { Json } from '../../model/json.js';
import type { Args } from '../../model/param.js';
import { printable } from '../../model/printable.js';
import { parseZone } from '../../model/zone.js';
import { loadSettings } from '../../settings/load.js';
import { findTimetable } from '../../settings/timetable.js';
import { systemZone } from '../../settings/zone.js';
import { shortId } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { readSetting } from '../setting-place.js';
import { type Flags, findSchedulers, openSteering, type Steering, say, tell } from '../steering.js';
import { readAll } from './next.js';

/** @param what - A namespace; with `--dry-run` also a timetable. */
export async function reloadCommand(what: string | undefined, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  return steering.isDry ? preview(steering, what, flags) : reload(steering, what);
}

async function reload(steering: Steering, prefix: string | undefined): Promise<Exit> {
  const results: Json[] = [];
  for (const scheduler of await findSchedulers(steering, prefix)) {
    const changes = await tell(steering, scheduler, '/reload');
    const { namespace, process } = scheduler;
    results.push({ namespace, pid: process.pid, changes });
    if (steering.json) continue;
    await say(
      steering,
      `the scheduler of ${shortId(namespace)} (pid ${process.pid}) has read its source again`,
    );
    await say(steering, `  ${summarize(changes)}`);
  }
  if (steering.json) await steering.printJson(results);
  return { code: EXIT.ok };
}

/** `2 added, 1 changed, 0 removed, 7 as before` */
function summarize(changes: Json): string {
  const counts = new Map(
    Object.entries(typeof changes === 'object' && changes !== null ? changes : {}).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.length : value,
    ]),
  );
  const words = ['added', 'changed', 'removed'].map((key) => `${counts.get(key) ?? 0} ${key}`);
  return [...words, `${counts.get('unchanged') ?? 0} as before`].join(', ');
}

/** @returns 1 when something would change, 0 when not. */
async function preview(steering: Steering, what: string | undefined, flags: Flags): Promise<Exit> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const given = settings.ns === undefined ? undefined : steering.namespace;
  const { file, namespace } = await findFile(steering, what, given, cwd);
  const candidate = {
    source: await sourceName(file, cwd),
    load: (args: Args | undefined) => loadSource(file, cwd, readAll, { args }),
  };
  const found = await previewReload(steering.store, candidate, {
    namespace,
    hostId: settings.hostId,
    tz: readSetting(settings, 'tz', parseZone),
    systemTz: systemZone(process.env),
    env: process.env,
  });
  await print(found, steering);
  const { added, changed, removed } = found.change;
  return { code: added.length + changed.length + removed.length > 0 ? EXIT.failed : EXIT.ok };
}

/** The timetable to be looked at, and the namespace that it is compared with, where that is not its own. */
async function findFile(
  steering: Steering,
  what: string | undefined,
  given: string | undefined,
  cwd: string,
): Promise<{ readonly file: string; readonly namespace: string | undefined }> {
  if (what !== undefined && (existsSync(what) || /^https?:/i.test(what)))
    return { file: what, namespace: given };
  const here = what === undefined && given === undefined ? await findTimetable(cwd) : undefined;
  if (here !== undefined) return { file: here, namespace: undefined };
  const namespace = await findSubject(steering, what, given);
  if (namespace.kind === 'file' || namespace.kind === 'url')
    return { file: namespace.source, namespace: namespace.id };
  throw new SupertaskError('REFUSED', `${namespace.source} cannot be read again while it runs`, {
    hint: 'Stop the scheduler and start it anew.',
  });
}

async function findSubject(steering: Steering, what: string | undefined, given: string | undefined) {
  const prefix = what ?? given ?? (await findSchedulers(steering, undefined))[0]?.namespace ?? '';
  try {
    return await findNamespace(steering.store, prefix);
  } catch (error) {
    if (what === undefined || !(error instanceof SupertaskError) || error.code !== 'ID_UNKNOWN') throw error;
    throw new SupertaskError('FILE_NOT_FOUND', `${what} is neither a file nor a namespace`, {
      hint: 'Name a timetable, or one of supertask list-namespaces.',
    });
  }
}

async function print(
  { namespace, scheduler, change, parts }: ReloadPreview,
  steering: Steering,
): Promise<void> {
  if (steering.json) {
    const changes = { ...change, parts };
    return steering.printJson([{ namespace, pid: scheduler?.pid ?? null, changes }]);
  }
  if (scheduler === undefined)
    steering.warn(['no scheduler has it now; this is against what the last one had']);
  const rows = [
    ...change.added.map((id) => [printable(id), 'added', '']),
    ...change.changed.map((id) => [printable(id), 'changed', (parts[id] ?? []).join(', ')]),
    ...change.removed.map((id) => [printable(id), 'removed', '']),
  ];
  if (rows.length === 0) return say(steering, `nothing would change: ${change.unchanged} as before`);
  return steering.table(['JOB', 'WOULD BE', 'IN'], rows);
}
