/** The terminal page as lines of text, as many and as wide as the terminal. Pure. */
import type { JobOverview, Overview } from '../../app/overview.js';
import { describeEnd } from '../../model/describe.js';
import { formatDuration } from '../../model/duration.js';
import { nextRunAt } from '../../model/job.js';
import { printable, printableOutput } from '../../model/printable.js';
import { isPlanned, type RunStatus } from '../../model/run.js';
import { sparkline } from '../../model/sparkline.js';
import { shortId } from '../cells.js';
import { keyOf, selectedJob, shownJobs, type TopState } from './state.js';

export type Size = { readonly columns: number; readonly rows: number };

export type Style = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'odd' | 'busy' | 'selected';
export type Paint = (style: Style, text: string) => string;

/** Below this nothing useful can be shown. */
const SMALLEST: Size = { columns: 60, rows: 10 };
/** Lines around the list and the log: the title, the head, the rule and the keys. */
const FRAME = 4;
const LEAST_LOG = 4;

export function renderScreen(state: TopState, size: Size, now: Date, paint: Paint): readonly string[] {
  if (size.columns < SMALLEST.columns || size.rows < SMALLEST.rows) {
    return fill([cut('supertask: this terminal is too small', size.columns)], size.rows);
  }
  if (state.mode === 'help')
    return fill([title(state, size, now, paint), ...HELP.map((line) => cut(line, size.columns))], size.rows);
  const room = size.rows - FRAME;
  const jobs = shownJobs(state);
  const listed = state.mode === 'log' ? 1 : Math.min(Math.max(1, jobs.length), room - LEAST_LOG);
  return fill(
    [
      title(state, size, now, paint),
      ...listLines(state, jobs, listed, size, now, paint),
      rule(state, size, paint),
      ...logLines(state, room - listed, size, paint),
    ],
    size.rows - 1,
  ).concat(keys(state, size, paint));
}

function title({ overview }: TopState, { columns }: Size, now: Date, paint: Paint): string {
  const clock = now.toTimeString().slice(0, 8);
  const text = cut(headline(overview, now), columns - clock.length - 1);
  return paint('bold', `${text.padEnd(columns - clock.length)}${clock}`);
}

function headline({ namespace, schedulers, jobs }: Overview, now: Date): string {
  const live = jobs.reduce((sum, job) => sum + job.live.filter((run) => !isPlanned(run)).length, 0);
  const where = namespace === undefined ? 'all that is scheduled' : shortId(namespace);
  const [only] = schedulers;
  const who =
    only === undefined
      ? 'no scheduler is running'
      : schedulers.length === 1
        ? `pid ${only.process.pid} for ${span(only.startedAt, now)}`
        : `${schedulers.length} schedulers`;
  return `supertask · ${where} · ${who} · ${jobs.length} jobs · ${live} running`;
}

type Column = { readonly title: string; readonly width: number };

/** The job takes what the others leave. */
function columnsFor(columns: number): Record<'job' | 'next' | 'state' | 'recent' | 'schedule', Column> {
  const state = { title: 'STATE', width: 24 };
  const next = { title: 'NEXT DUE', width: 11 };
  const recent = { title: 'LAST RUNS', width: 12 };
  const rest = columns - 2 - state.width - next.width - recent.width - 4;
  const schedule = { title: 'SCHEDULE', width: rest >= 50 ? Math.floor(rest / 2) : 0 };
  return { job: { title: 'JOB', width: rest - schedule.width }, next, state, recent, schedule };
}

function listLines(
  state: TopState,
  jobs: readonly JobOverview[],
  height: number,
  { columns }: Size,
  now: Date,
  paint: Paint,
): readonly string[] {
  const { job, next, state: what, recent, schedule } = columnsFor(columns);
  const all = [job, next, what, recent, ...(schedule.width > 0 ? [schedule] : [])];
  const head = `  ${all.map(({ title, width }) => pad(title, width)).join(' ')}`;
  const at = jobs.findIndex((one) => keyOf(one) === state.selected);
  const first = Math.max(0, Math.min(at - Math.floor(height / 2), jobs.length - height));
  const rows = jobs.slice(first, first + height).map((one) => {
    const isSelected = keyOf(one) === state.selected;
    const [status, style] = stateOf(one, now);
    const cells = [
      paint(isSelected ? 'selected' : 'plain', pad(one.job.name ?? one.job.id, job.width)),
      pad(dueText(one, now), next.width),
      paint(style, pad(status, what.width)),
      spark(one, recent.width, paint),
      ...(schedule.width > 0 ? [paint('dim', pad(one.job.schedules.join(' | '), schedule.width))] : []),
    ];
    return `${isSelected ? '>' : ' '} ${cells.join(' ')}`;
  });
  if (jobs.length === 0) {
    const hint = state.filter === '' ? '  no jobs here' : `  no job has "${printable(state.filter)}"`;
    rows.push(cut(hint, columns));
  }
  return [paint('dim', cut(head, columns)), ...rows];
}

function stateOf({ job, live, recent, usualMs }: JobOverview, now: Date): readonly [string, Style] {
  const [oldest, ...others] = live.filter((run) => !isPlanned(run));
  if (oldest !== undefined) {
    const usual = usualMs === undefined ? '' : ` of ~${rounded(usualMs)}`;
    const more = others.length > 0 ? ` +${others.length}` : '';
    const since = oldest.startedAt ?? oldest.scheduledAt;
    const isSlow = usualMs !== undefined && now.getTime() - since.getTime() > 2 * usualMs + 1_000;
    return [`${oldest.status} ${span(since, now)}${usual}${more}`, isSlow ? 'odd' : 'busy'];
  }
  if (!job.enabled) return ['disabled', 'dim'];
  if (job.paused) return ['paused', 'odd'];
  const last = recent.at(-1) ?? job.lastRun;
  if (last === undefined) return ['never ran', 'dim'];
  return [
    `${last.status} ${span(last.endedAt ?? last.scheduledAt, now)} ago`,
    STYLES[last.status] ?? 'plain',
  ];
}

const STYLES: Partial<Record<RunStatus, Style>> = {
  succeeded: 'good',
  failed: 'bad',
  errored: 'bad',
  missed: 'odd',
  skipped: 'dim',
  running: 'busy',
  stopping: 'busy',
};

function dueText({ job }: JobOverview, now: Date): string {
  const at = nextRunAt(job);
  if (at === undefined) return '-';
  return at.getTime() - now.getTime() < 500 ? 'now' : `in ${span(now, at)}`;
}

function spark({ recent }: JobOverview, width: number, paint: Paint): string {
  const cells = sparkline(recent.slice(-width));
  const text = cells.map(({ char, status }) => paint(STYLES[status] ?? 'dim', char)).join('');
  return `${' '.repeat(width - cells.length)}${text}`;
}

function rule(state: TopState, { columns }: Size, paint: Paint): string {
  const job = selectedJob(state);
  const last = job?.recent.at(-1);
  const what =
    job === undefined
      ? ''
      : ` ${printable(job.job.name ?? job.job.id)}${last === undefined ? '' : `: ${printable(describeEnd(last))}`} `;
  return paint('dim', `──${cut(what, columns - 4)}`.padEnd(columns, '─'));
}

function logLines({ log }: TopState, height: number, { columns }: Size, paint: Paint): readonly string[] {
  if (log === undefined) return fill([], height);
  if (log.text === '') return fill([paint('dim', '(it has printed nothing)')], height);
  const lines = printableOutput(log.text).replace(/\n$/, '').split('\n');
  // Colours of a program would run over the edge of a line that is cut.
  return fill(
    lines.slice(-height).map((line) => cut(line.replace(COLOR, '').replace(/\t/g, '  '), columns)),
    height,
  );
}

const COLOR = /\u001b\[[0-9;:]*m/g;

function keys(state: TopState, { columns }: Size, paint: Paint): string {
  const text = (): string => {
    if (state.mode === 'filter') return `/${state.filter}▏ Enter keeps it, Esc clears it`;
    if (state.mode === 'confirm') return `stop what runs of ${selectedJob(state)?.job.id ?? ''}? y or n`;
    if (state.message !== '') return state.message;
    const filtered = state.filter === '' ? '' : `[/${state.filter}] `;
    return `${filtered}↑↓ select  t run  p pause  s skip  x stop  f follow  / filter  ? help  q quit`;
  };
  const style = state.mode === 'confirm' || state.message !== '' ? 'odd' : 'dim';
  return paint(style, cut(text(), columns));
}

const HELP: readonly string[] = [
  '',
  '  ↑ ↓ j k          select a job; PgUp, PgDn, Home and End go further',
  '  t                run the selected job now',
  '  p                pause it, or resume it',
  '  s                skip its next due moment',
  '  x                stop what runs of it',
  '  f, Enter         follow its output on the whole screen, and back',
  '  /                filter by words in name, target, namespace or state; Esc clears',
  '  r                look again now',
  '  q, Ctrl-C        leave; schedules go on without this page',
  '',
  '  LAST RUNS, oldest first: a bar is as high as the run was long; ✗ failed, ! errored,',
  '  · skipped, ? missed, » running, … waiting',
  '',
  '  any key goes back',
];

/** Between two instants, short: `45s`, `3m20s`, `5h12m`, `12d3h`. */
function span(from: Date, to: Date): string {
  return rounded(Math.max(0, to.getTime() - from.getTime()));
}

function rounded(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const unit = seconds >= 86_400 ? 3_600 : seconds >= 3_600 ? 60 : 1;
  return formatDuration(Math.floor(seconds / unit) * unit * 1_000);
}

function pad(text: string, width: number): string {
  return cut(printable(text), width).padEnd(width);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function fill(lines: readonly string[], height: number): string[] {
  return Array.from({ length: Math.max(0, height) }, (_, index) => lines[index] ?? '');
}
