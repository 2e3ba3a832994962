/** What the terminal page is showing, and what keys do to it. Pure. */
import type { JobOverview, Overview } from '../../app/overview.js';

export type TopState = {
  readonly overview: Overview;
  /** Of the selected job; undefined until there is one. */
  readonly selected: string | undefined;
  /** Words that jobs have in their id, name, target or namespace. */
  readonly filter: string;
  readonly mode: 'jobs' | 'filter' | 'help' | 'log' | 'confirm';
  /** What the last action said. */
  readonly message: string;
  /** The end of what the selected job's newest run has printed. */
  readonly log: { readonly run: string; readonly text: string } | undefined;
};

export type Action = 'trigger' | 'pause' | 'resume' | 'skip' | 'stop';

export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'act'; readonly action: Action; readonly job: JobOverview };

export type Pressed = { readonly state: TopState; readonly effect?: Effect };

const PAGE = 10;

export function initialState(overview: Overview): TopState {
  return withOverview(
    { overview, selected: undefined, filter: '', mode: 'jobs', message: '', log: undefined },
    overview,
  );
}

/** Another look at the jobs; the selected one stays selected wherever it stands now. */
export function withOverview(state: TopState, overview: Overview): TopState {
  const next = { ...state, overview };
  const jobs = shownJobs(next);
  const isThere = jobs.some((job) => keyOf(job) === state.selected);
  return isThere ? next : { ...next, selected: jobs[0] && keyOf(jobs[0]) };
}

export function keyOf({ job }: JobOverview): string {
  return `${job.namespace}/${job.id}`;
}

export function shownJobs({ overview, filter }: TopState): readonly JobOverview[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return overview.jobs;
  return overview.jobs.filter(({ job, live }) => {
    const text = [job.id, job.name, job.target, job.namespace, ...live.map(({ status }) => status)]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function selectedJob(state: TopState): JobOverview | undefined {
  return shownJobs(state).find((job) => keyOf(job) === state.selected);
}

/** @param key - As `decodeKeys` names it. */
export function press(state: TopState, key: string): Pressed {
  if (key === 'ctrl-c') return { state, effect: { kind: 'quit' } };
  switch (state.mode) {
    case 'filter':
      return { state: typeFilter(state, key) };
    case 'help':
      return { state: { ...state, mode: 'jobs' } };
    case 'confirm':
      return confirm(state, key);
    default:
      return command({ ...state, message: '' }, key);
  }
}

function command(state: TopState, key: string): Pressed {
  const step = STEPS[key];
  if (step !== undefined) return { state: move(state, step) };
  const job = selectedJob(state);
  const act = (action: Action): Pressed =>
    job === undefined
      ? { state: { ...state, message: 'no job is selected' } }
      : { state, effect: { kind: 'act', action, job } };
  switch (key) {
    case 'q':
      return { state, effect: { kind: 'quit' } };
    case 'escape':
      return { state: withOverview({ ...state, mode: 'jobs', filter: '' }, state.overview) };
    case '?':
    case 'h':
      return { state: { ...state, mode: 'help' } };
    case '/':
      return { state: { ...state, mode: 'filter' } };
    case 'f':
    case 'enter':
      return { state: { ...state, mode: state.mode === 'log' ? 'jobs' : 'log' } };
    case 'r':
      return { state, effect: { kind: 'refresh' } };
    case 't':
      return act('trigger');
    case 's':
      return act('skip');
    case 'p':
      return act(job?.job.paused ? 'resume' : 'pause');
    case 'x':
      if (job === undefined || job.live.length === 0) {
        return { state: { ...state, message: 'nothing of this job is running' } };
      }
      return { state: { ...state, mode: 'confirm' } };
    default:
      return { state };
  }
}

/** How many rows a key moves the selection by. */
const STEPS: Readonly<Record<string, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageup: -PAGE,
  pagedown: PAGE,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
};

function move(state: TopState, by: number): TopState {
  const jobs = shownJobs(state);
  const at = jobs.findIndex((job) => keyOf(job) === state.selected);
  const to = jobs[Math.min(jobs.length - 1, Math.max(0, at + by))];
  return { ...state, selected: to && keyOf(to) };
}

function typeFilter(state: TopState, key: string): TopState {
  if (key === 'enter') return { ...state, mode: 'jobs' };
  if (key === 'escape') return withOverview({ ...state, mode: 'jobs', filter: '' }, state.overview);
  const filter =
    key === 'backspace'
      ? state.filter.slice(0, -1)
      : [...key].length === 1
        ? state.filter + key
        : state.filter;
  return withOverview({ ...state, filter }, state.overview);
}

function confirm(state: TopState, key: string): Pressed {
  const job = selectedJob(state);
  const calm: TopState = { ...state, mode: 'jobs' };
  if (key !== 'y' || job === undefined) return { state: { ...calm, message: 'nothing was stopped' } };
  return { state: calm, effect: { kind: 'act', action: 'stop', job } };
}
