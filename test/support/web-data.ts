/** Made-up jobs and runs, as many as asked for and the same each time: what the page has to stay smooth with. */
import type {
  DenseJob,
  JobRecord,
  RecentRun,
  RunRecord,
  RunStatus,
  Upcoming,
  UpcomingSpan,
} from '../../src/web/api/record.js';

export type DataOption = {
  readonly jobs: number;
  readonly runs: number;
  readonly now: number;
};

export type WebData = {
  readonly jobs: readonly JobRecord[];
  /** The newest first. */
  readonly runs: readonly RunRecord[];
  readonly namespaces: readonly string[];
  upcoming(option: UpcomingOption): UpcomingSpan;
  /** When jobs are due next, by the time it has become. */
  dueNext(jobs: readonly JobRecord[], now: number): JobRecord[];
};

export type UpcomingOption = {
  readonly from: number;
  readonly to: number;
  readonly namespace: string | undefined;
  /** So many occurrences one by one. */
  readonly limit: number;
};

type Kind = {
  readonly words: readonly string[];
  readonly schedule: string;
  readonly everyMs: number;
  readonly lengthMs: number;
  readonly target: string;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const KINDS: readonly Kind[] = [
  {
    words: ['backup', 'dump', 'snapshot'],
    schedule: '0 2 * * *',
    everyMs: DAY,
    lengthMs: 42 * MINUTE,
    target: 'cmd:pg_dump app | gzip > app.sql.gz',
  },
  {
    words: ['sync', 'mirror', 'pull'],
    schedule: '*/15 * * * *',
    everyMs: 15 * MINUTE,
    lengthMs: 40_000,
    target: 'cmd:rclone sync remote:data data',
  },
  {
    words: ['report', 'digest', 'invoice'],
    schedule: '30 6 * * mon-fri',
    everyMs: DAY,
    lengthMs: 4 * MINUTE,
    target: 'uv:report.py',
  },
  {
    words: ['check', 'probe', 'ping'],
    schedule: 'every 1m',
    everyMs: MINUTE,
    lengthMs: 900,
    target: 'uses:http',
  },
  {
    words: ['cleanup', 'prune', 'rotate'],
    schedule: '@hourly',
    everyMs: HOUR,
    lengthMs: 12_000,
    target: 'uses:cleanup',
  },
  {
    words: ['import', 'etl', 'index'],
    schedule: '0 */4 * * *',
    everyMs: 4 * HOUR,
    lengthMs: 18 * MINUTE,
    target: 'docker:etl:latest',
  },
];

const PLACES = [
  'orders',
  'customers',
  'billing',
  'search',
  'media',
  'mail',
  'ledger',
  'wiki',
  'metrics',
  'tiles',
];
const TEAMS = ['billing', 'platform'];
const NAMESPACES = ['crontab', 'warehouse', 'monitoring', 'reports'];

/** Mulberry32: the same numbers for the same seed, on every machine. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function createData({ jobs: jobCount, runs: runCount, now }: DataOption): WebData {
  const random = createRandom(7);
  const plans = Array.from({ length: jobCount }, (_, index) => planOf(index, random));
  const runs = runsOf(plans, runCount, now, random);
  const ofJob = groupRuns(runs);
  const planned = new Map(plans.map((plan) => [`${plan.namespace}/${plan.id}`, plan]));
  return {
    runs,
    namespaces: NAMESPACES,
    jobs: plans.map((plan) => jobOf(plan, ofJob.get(`${plan.namespace}/${plan.id}`) ?? [], now)),
    upcoming: (option) => upcomingOf(plans, option),
    dueNext: (jobs, at) =>
      jobs.map((job) => {
        const plan = planned.get(`${job.namespace}/${job.id}`);
        if (plan === undefined || job.nextDueAt === null || Date.parse(job.nextDueAt) > at) return job;
        return { ...job, nextDueAt: new Date(dueBefore(plan, at) + plan.kind.everyMs).toISOString() };
      }),
  };
}

type Plan = {
  readonly namespace: string;
  readonly id: string;
  readonly kind: Kind;
  readonly phaseMs: number;
  readonly index: number;
};

function planOf(index: number, random: () => number): Plan {
  const kind = KINDS[index % KINDS.length] as Kind;
  const place = PLACES[Math.floor(index / KINDS.length) % PLACES.length];
  const word = kind.words[Math.floor(random() * kind.words.length)];
  const turn = Math.floor(index / (KINDS.length * PLACES.length));
  return {
    index,
    kind,
    namespace: NAMESPACES[index % NAMESPACES.length] as string,
    id: `${word}-${place}${turn === 0 ? '' : `-${turn}`}`,
    phaseMs:
      kind.everyMs === DAY
        ? 2 * HOUR + Math.floor(random() * 6) * 30 * MINUTE
        : Math.floor(random() * 4) * MINUTE,
  };
}

function dueBefore({ kind, phaseMs }: Plan, at: number): number {
  return Math.floor((at - phaseMs) / kind.everyMs) * kind.everyMs + phaseMs;
}

/** Each job has some, however seldom it is due. */
const LEAST_RUNS = 8;

/** The newest runs, as many of each job as its schedule brings in the same span of time. */
function runsOf(plans: readonly Plan[], count: number, now: number, random: () => number): RunRecord[] {
  const least = Math.min(LEAST_RUNS, Math.ceil(count / Math.max(1, plans.length)));
  const perMs = plans.reduce((sum, { kind }) => sum + 1 / kind.everyMs, 0);
  const spanMs = Math.max(0, count - least * plans.length) / perMs;
  const found = plans.flatMap((plan) => {
    const last = dueBefore(plan, now);
    return Array.from({ length: least + Math.floor(spanMs / plan.kind.everyMs) }, (_, back) =>
      runOf(plan, last - back * plan.kind.everyMs, back, now, random),
    );
  });
  return found.sort((a, b) => Date.parse(b.scheduledAt) - Date.parse(a.scheduledAt)).slice(0, count);
}

function runOf(plan: Plan, due: number, back: number, now: number, random: () => number): RunRecord {
  const { status, reason } = outcomeOf(plan, random());
  const lengthMs = Math.round(plan.kind.lengthMs * (0.6 + random() * 0.8));
  const isGoing = back === 0 && due + lengthMs > now;
  const ran = status !== 'skipped' && status !== 'missed';
  const started = new Date(due + 20).toISOString();
  return {
    id: runId(due, plan.index, back),
    namespace: plan.namespace,
    job: plan.id,
    status: isGoing ? 'running' : status,
    reason: isGoing ? null : reason,
    exitCode: isGoing || !ran ? null : reason === 'exit-code' ? 1 : status === 'succeeded' ? 0 : null,
    signal: null,
    trigger: 'schedule',
    attempt: 1,
    scheduledAt: new Date(due).toISOString(),
    startedAt: isGoing || ran ? started : null,
    endedAt: isGoing ? null : new Date(due + (ran ? lengthMs : 0) + 20).toISOString(),
    durationMs: isGoing || !ran ? null : lengthMs,
    message: null,
    pid: isGoing ? 4_000 + plan.index : null,
    stdoutBytes: ran ? 1_200 : null,
    stderrBytes: ran ? 80 : null,
    truncated: false,
  };
}

function outcomeOf(
  { index }: Plan,
  luck: number,
): { readonly status: RunStatus; readonly reason: string | null } {
  // Some jobs are in trouble.
  const trouble = index % 17 === 3 ? 0.5 : 0.03;
  if (luck < trouble * 0.7) return { status: 'failed', reason: 'exit-code' };
  if (luck < trouble) return { status: 'failed', reason: 'timeout' };
  if (luck > 0.995) return { status: 'errored', reason: 'spawn' };
  if (luck > 0.98) return { status: 'skipped', reason: 'overlap' };
  if (luck > 0.97) return { status: 'missed', reason: 'down' };
  return { status: 'succeeded', reason: null };
}

export function runId(at: number, index: number, back = 0): string {
  const ms = at.toString(16).padStart(12, '0');
  const tail = (index * 4_096 + back).toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-8000-8000-${tail}`;
}

function keyOf({ namespace, job }: RunRecord): string {
  return `${namespace}/${job}`;
}

function groupRuns(runs: readonly RunRecord[]): Map<string, RunRecord[]> {
  const found = new Map<string, RunRecord[]>();
  for (const run of runs) {
    const known = found.get(keyOf(run));
    if (known) known.push(run);
    else found.set(keyOf(run), [run]);
  }
  return found;
}

function jobOf(plan: Plan, runs: readonly RunRecord[], now: number): JobRecord {
  const { kind, namespace, id, index } = plan;
  const isPaused = index % 97 === 11;
  return {
    namespace,
    id,
    name: null,
    description: null,
    target: kind.target,
    schedules: [kind.schedule],
    tz: 'Europe/Berlin',
    enabled: index % 83 !== 5,
    paused: isPaused,
    seenAt: new Date(now).toISOString(),
    nextDueAt: new Date(dueBefore(plan, now) + kind.everyMs).toISOString(),
    lastRun: runs[0] ?? null,
    recent: runs.slice(0, 20).toReversed().map(recentOf),
    ...(index % 3 === 0 ? { labels: { team: TEAMS[index % TEAMS.length] as string, nightly: '' } } : {}),
    origin: index % 5 === 4 ? 'api' : 'file',
  };
}

function recentOf({ id, status, reason, scheduledAt, startedAt, durationMs }: RunRecord): RecentRun {
  return { id, status, reason, scheduledAt, startedAt, durationMs };
}

const MOST_OF_JOB = 200;
const MOST_DENSE = 200;

/** As the server does it: jobs with few occurrences have them told one by one, as far as `limit` goes. */
function upcomingOf(plans: readonly Plan[], { from, to, namespace, limit }: UpcomingOption): UpcomingSpan {
  const items: Upcoming[] = [];
  const dense: DenseJob[] = [];
  const load = new Map<number, { count: number; expectedMs: number }>();
  const counted = plans
    .filter((plan) => namespace === undefined || plan.namespace === namespace)
    .map((plan) => ({ plan, hours: hoursOf(plan, from, to) }))
    .map((each) => ({ ...each, count: each.hours.reduce((sum, { count }) => sum + count, 0) }))
    .sort((a, b) => a.count - b.count);
  for (const { plan, hours, count } of counted) {
    const { namespace: of, id: job, kind } = plan;
    const shared = { namespace: of, job, expectedMs: kind.lengthMs, attended: true };
    for (const hour of hours) {
      const sum = load.get(hour.at) ?? { count: 0, expectedMs: 0 };
      load.set(hour.at, {
        count: sum.count + hour.count,
        expectedMs: sum.expectedMs + hour.count * kind.lengthMs,
      });
    }
    if (count <= MOST_OF_JOB && items.length + count <= limit) {
      const first = dueBefore(plan, from - 1) + kind.everyMs;
      for (let at = first; at < to; at += kind.everyMs)
        items.push({ ...shared, at: new Date(at).toISOString(), override: null });
    } else if (dense.length < MOST_DENSE)
      dense.push({ ...shared, count, hours: hours.map((hour) => ({ ...hour, at: iso(hour.at), held: 0 })) });
  }
  return {
    items: items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    dense: dense.sort((a, b) => b.count - a.count),
    hours: [...load].sort(([a], [b]) => a - b).map(([at, sum]) => ({ at: iso(at), ...sum, held: 0 })),
    truncated: dense.length === MOST_DENSE,
    leftOut: 0,
  };
}

function hoursOf(plan: Plan, from: number, to: number): { readonly at: number; readonly count: number }[] {
  const found = [];
  for (let at = Math.floor(from / HOUR) * HOUR; at < to; at += HOUR) {
    const first = dueBefore(plan, Math.max(from, at) - 1) + plan.kind.everyMs;
    const count = Math.ceil((Math.min(to, at + HOUR) - first) / plan.kind.everyMs);
    if (count > 0) found.push({ at, count });
  }
  return found;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
