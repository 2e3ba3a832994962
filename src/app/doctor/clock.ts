/** What instants depend on: zone data, the zone, and the clock. */
import { existsSync, readFileSync } from 'node:fs';
import { SupertaskError } from '../../errors.js';
import { askTool } from '../../executor/tool.js';
import { formatDuration } from '../../model/duration.js';
import { parseZone } from '../../model/zone.js';
import type { Store } from '../../store/store.js';
import { type Diagnosis, fail, ok, warn } from './diagnosis.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Of the system's database; the first one in text, the others are its version alone. */
const DATABASE = '/usr/share/zoneinfo';
const VERSION_FILES = ['tzdata.zi', '+VERSION', 'version'];
const ASK_MS = 2_000;
/** Before this program was written, and further ahead than any certificate lasts. */
const FIRST_YEAR = 2025;
const LAST_YEAR = 2075;
const MOST_AHEAD_MS = 60_000;

/** The version of the zone data in Node beside that of the system. */
export function examineZoneData(
  own: string | undefined = process.versions['tz'],
  system: string | undefined = systemVersion(DATABASE),
): Diagnosis {
  const node = `Node ${process.versions.node}`;
  if (own === undefined) return ok('zone data', `${node} uses the system's`);
  if (system === undefined) return ok('zone data', `${own} in ${node}; the system does not say which it has`);
  if (own >= system) return ok('zone data', `${own} in ${node}, ${system} in the system`);
  return warn(
    'zone data',
    `${own} in ${node} is older than ${system} in the system: zones may have changed meanwhile`,
    'Update Node.js.',
  );
}

export function systemVersion(directory: string): string | undefined {
  for (const name of VERSION_FILES) {
    const path = `${directory}/${name}`;
    if (!existsSync(path)) continue;
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    const version = /\b(\d{4}[a-z]+)\b/.exec(first)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** @param tz - What is taken where nobody names a zone. */
export function examineZone(tz: string, env: Environment): Diagnosis {
  const given = env['TZ'];
  try {
    const zone = parseZone(tz);
    const isPassedOver = given !== undefined && given !== '' && !isZone(given.replace(/^:/, ''));
    if (!isPassedOver || env['SUPERTASK_TZ'] !== undefined) return ok('zone', zone);
    const hint = 'Set TZ to an IANA name such as Europe/Berlin, or use --tz.';
    return warn('zone', `TZ is ${JSON.stringify(given)}, which is no zone; ${zone} is taken`, hint);
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return fail('zone', error.message, error.hint ?? 'Use --tz.');
  }
}

function isZone(name: string): boolean {
  try {
    parseZone(name);
    return true;
  } catch {
    return false;
  }
}

/** Whether the clock can be right, by the year and by what has been recorded last. */
export async function examineClock(store: Pick<Store, 'runs'>, now: Date): Promise<Diagnosis> {
  const hint = 'Set the clock; most systems do so by themselves with chrony, ntpd or systemd-timesyncd.';
  const year = now.getUTCFullYear();
  if (year < FIRST_YEAR || year > LAST_YEAR) return fail('clock', `it says ${now.toISOString()}`, hint);
  const recorded = (await store.runs({ limit: 50 })).flatMap(({ startedAt, endedAt }) => [
    startedAt?.getTime() ?? 0,
    endedAt?.getTime() ?? 0,
  ]);
  const aheadMs = Math.max(0, ...recorded) - now.getTime();
  if (aheadMs <= MOST_AHEAD_MS) return ok('clock', `it says ${now.toISOString()}`);
  const ahead = formatDuration(Math.round(aheadMs / 1_000) * 1_000);
  return warn('clock', `it says ${now.toISOString()}, and the last run is ${ahead} ahead of that`, hint);
}

/** Undefined where it cannot be told without effort. */
export async function examineSync(env: Environment): Promise<Diagnosis | undefined> {
  if (!existsSync('/run/systemd/system')) return undefined;
  const args = ['show', '--property=NTPSynchronized', '--value'];
  const { stdout } = await askTool('timedatectl', args, { env, timeoutMs: ASK_MS });
  if (stdout.trim() === 'yes') return ok('time source', 'the clock is synchronised');
  if (stdout.trim() !== 'no') return undefined;
  return warn('time source', 'the clock is not synchronised', 'Turn it on: timedatectl set-ntp true');
}
