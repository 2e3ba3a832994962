/** `simulate`: what a timetable would do over a span of time, told moment by moment as it is found out. */
import { type Assertion, breaks } from '../../app/assertion.js';
import { expandSchedules, withSchedules } from '../../app/expand.js';
import { loadSource } from '../../app/file-source.js';
import { lateness, type Moment, momentRecord } from '../../app/moment.js';
import { DEFAULT_MAX_RUNNING } from '../../app/run.js';
import { type SimulationPlan, simulate } from '../../app/simulate.js';
import { SupertaskError } from '../../errors.js';
import { formatDuration } from '../../model/duration.js';
import { printable } from '../../model/printable.js';
import { loadSettings } from '../../settings/load.js';
import { placeOf } from '../../settings/resolve.js';
import { findTimetable } from '../../settings/timetable.js';
import { EXIT, type Exit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { createReader } from '../reader.js';
import type { Streams } from '../streams.js';
import { parseCountFlag, zoneOf } from '../time-flags.js';
import { formatZoned } from '../zoned.js';
import { readAll } from './next.js';
import { listOf, parseAssertions, parseDown, parseDurations, parseSpan } from './simulate-flags.js';

type Flags = Readonly<Record<string, unknown>>;

/** Moments → text: a line each for people, one JSON document for programs. */
type Form = {
  readonly head: string;
  readonly moment: (moment: Moment, index: number) => string;
  readonly tail: (findings: Findings) => string;
};

type Violation = { readonly assertion: Assertion; readonly moment: Moment };

type Findings = {
  readonly counts: Record<'fired' | 'skipped' | 'missed' | 'overlapping', number>;
  /** Per assertion how often it was broken. */
  readonly broken: Map<Assertion, number>;
  /** The first of each. */
  readonly violations: Violation[];
};

const MOST_VIOLATIONS = 5;
/** A write for each moment would take longer than to find it out. */
const PORTION_CHARS = 64 * 1024;
const MOST_RUNNING = 1_000_000;

export async function simulateCommand(file: string | undefined, flags: Flags): Promise<Exit> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const tz = zoneOf(settings);
  const span = parseSpan(flags, new Date(), tz);
  const down = listOf(flags['down']).map((text) => parseDown(text, tz, span));
  const assertions = parseAssertions(listOf(flags['assert']));
  const maxRunning =
    parseCountFlag(placeOf(settings, 'maxRunning'), settings.maxRunning, MOST_RUNNING) ?? DEFAULT_MAX_RUNNING;
  const { timetable } = await loadSource(await chooseFile(file, cwd), cwd, readAll);
  const jobs = await expandSchedules(withSchedules(timetable.tasks, undefined));
  const durationOf = parseDurations(listOf(flags['duration']), jobs);

  const plan: SimulationPlan = { ...span, tz, down, durationOf, maxRunning };
  const width = Math.max(4, ...jobs.map(({ id }) => id.length));
  const form = settings.json ? jsonForm(plan) : textForm(tz, width);
  const { streams, hasLeft } = createReader();
  for (const warning of timetable.warnings) streams.write('stderr', `warning: ${printable(warning)}\n`);
  const findings = await print(simulate(timetable, plan), assertions, form, streams, hasLeft);
  if (!settings.json && !settings.quiet) streams.write('stderr', `${summary(findings)}\n`);
  for (const line of complaints(findings, tz)) streams.write('stderr', `${line}\n`);
  await streams.flush();
  return { code: findings.broken.size > 0 ? EXIT.failed : EXIT.ok };
}

async function chooseFile(file: string | undefined, cwd: string): Promise<string> {
  const found = file ?? (await findTimetable(cwd));
  if (found !== undefined) return found;
  throw new SupertaskError(
    'USAGE',
    `there is nothing to simulate: no file, and no supertask.yaml in ${cwd} or above`,
    {
      hint: 'Try: supertask simulate timetable.yaml --from 2026-03-29 --to 2026-03-30',
    },
  );
}

async function print(
  moments: AsyncIterable<Moment>,
  assertions: readonly Assertion[],
  form: Form,
  streams: Streams,
  hasLeft: () => boolean,
): Promise<Findings> {
  const findings: Findings = {
    counts: { fired: 0, skipped: 0, missed: 0, overlapping: 0 },
    broken: new Map(),
    violations: [],
  };
  let index = 0;
  let text = form.head;
  for await (const moment of moments) {
    note(findings, moment, assertions);
    text += form.moment(moment, index++);
    if (text.length < PORTION_CHARS) continue;
    await streams.write('stdout', text);
    text = '';
    if (hasLeft()) break;
  }
  await streams.write('stdout', text + form.tail(findings));
  return findings;
}

function note(
  { counts, broken, violations }: Findings,
  moment: Moment,
  assertions: readonly Assertion[],
): void {
  if (moment.what === 'fired') counts.fired++;
  if (moment.what === 'skipped') counts.skipped++;
  if (moment.what === 'missed') counts.missed += moment.count;
  if (breaks('no-overlap', moment)) counts.overlapping++;
  for (const assertion of assertions) {
    if (!breaks(assertion, moment)) continue;
    const count = (broken.get(assertion) ?? 0) + 1;
    broken.set(assertion, count);
    if (count <= MOST_VIOLATIONS) violations.push({ assertion, moment });
  }
}

function textForm(tz: string, width: number): Form {
  return {
    head: '',
    moment: (moment) => {
      const job = printable('job' in moment ? moment.job : '-').padEnd(width);
      const text = `${formatZoned(moment.at, tz)}  ${job}  ${moment.what.padEnd(9)}  ${remark(moment, tz)}`;
      return `${text.trimEnd()}\n`;
    },
    tail: () => '',
  };
}

function jsonForm({ from, to, tz }: SimulationPlan): Form {
  const head = JSON.stringify({ from: from.toISOString(), to: to.toISOString(), tz }).slice(0, -1);
  return {
    head: `${head},"moments":[`,
    moment: (moment, index) => `${index === 0 ? '\n' : ',\n'}${JSON.stringify(momentRecord(moment))}`,
    tail: ({ counts, violations }) => {
      const broken = violations.map(({ assertion, moment }) => ({ assertion, moment: momentRecord(moment) }));
      return `\n],"summary":${JSON.stringify(counts)},"violations":${JSON.stringify(broken)}}\n`;
    },
  };
}

/** What is worth knowing of a moment beside what it is. */
function remark(moment: Moment, tz: string): string {
  switch (moment.what) {
    case 'fired': {
      const lateMs = lateness(moment);
      const late =
        lateMs === 0 ? [] : [`${formatDuration(lateMs)} late, due ${formatZoned(moment.dueAt, tz)}`];
      const beside = moment.overlaps ? ['the run before it was going'] : [];
      return [...late, ...(moment.trigger === 'catch-up' ? ['caught up'] : []), ...beside].join(', ');
    }
    case 'stopped':
    case 'timed-out':
      return `the run due ${formatZoned(moment.dueAt, tz)}`;
    case 'skipped': {
      const since =
        moment.since === undefined ? '' : `: the run since ${formatZoned(moment.since, tz)} is going`;
      return `${moment.reason ?? ''}${since}`;
    }
    case 'missed': {
      const { count, firstAt, lastAt, reason } = moment;
      const times = count === 1 ? 'once' : `${count} times`;
      const last = count === 1 ? '' : ` to ${formatZoned(lastAt, tz)}`;
      return `${times} (${reason}), due ${formatZoned(firstAt, tz)}${last}`;
    }
    case 'down':
      return 'the scheduler stops';
    case 'up':
      return 'the scheduler starts';
  }
}

function summary({ counts }: Findings): string {
  const { fired, skipped, missed, overlapping } = counts;
  return `${fired} fired, ${skipped} skipped, ${missed} missed; ${overlapping} due while the run before was going`;
}

function complaints({ broken, violations }: Findings, tz: string): readonly string[] {
  return [...broken].flatMap(([assertion, count]) => {
    const first = violations.filter((each) => each.assertion === assertion);
    const lines = first.map(
      ({ moment }) =>
        `  ${formatZoned(moment.at, tz)}  ${'job' in moment ? printable(moment.job) : ''}  ${moment.what}  ${remark(moment, tz)}`,
    );
    const more = count > first.length ? [`  and ${count - first.length} more`] : [];
    return [`assertion ${assertion} failed ${count === 1 ? 'once' : `${count} times`}:`, ...lines, ...more];
  });
}
