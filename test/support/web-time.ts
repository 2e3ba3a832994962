/** What a server tells of made-up jobs over time: what is due, what was run, and the machine. */
import type { Health, RunRecord, Timeline, TimelineHour, UpcomingSpan } from '../../src/web/api/record.js';
import type { WebData } from './web-data.js';

const DAY = 86_400_000;
const MOST_BARS = 2_000;
const MOST_ITEMS = 5_000;

/** @param skips - As `NAMESPACE JOB INSTANT`. */
export function upcomingOf(data: WebData, query: URLSearchParams, skips: ReadonlySet<string>): UpcomingSpan {
  const from = Date.parse(query.get('from') ?? new Date().toISOString());
  const found = data.upcoming({
    from,
    to: Date.parse(query.get('to') ?? new Date(from + DAY).toISOString()),
    namespace: query.get('namespace') ?? undefined,
    limit: Math.min(MOST_ITEMS, Number(query.get('limit') ?? 1_000)),
  });
  const items = found.items.map((item) =>
    skips.has(`${item.namespace} ${item.job} ${item.at}`) ? { ...item, override: 'skip' as const } : item,
  );
  return { ...found, items };
}

export function timelineOf(runs: readonly RunRecord[], query: URLSearchParams): Timeline {
  const [from = '', to = new Date().toISOString()] = ['from', 'to'].map(
    (name) => query.get(name) ?? undefined,
  );
  const namespace = query.get('namespace');
  const within = runs.filter(
    (run) => run.scheduledAt >= from && run.scheduledAt < to && (!namespace || run.namespace === namespace),
  );
  const hours = new Map<string, Record<string, number>>();
  for (const { scheduledAt, status } of within) {
    const at = `${scheduledAt.slice(0, 13)}:00:00.000Z`;
    const counts = hours.get(at) ?? {};
    counts[status] = (counts[status] ?? 0) + 1;
    hours.set(at, counts);
  }
  return {
    from,
    to,
    runs: within.slice(0, MOST_BARS),
    truncated: within.length > MOST_BARS,
    uncounted: false,
    hours: [...hours].sort().map(([at, counts]): TimelineHour => ({ at, counts })),
  };
}

export function healthOf(running: number): Health & { readonly [key: string]: unknown } {
  return {
    status: 'ok',
    version: '0.1.0',
    pid: 4_000,
    startedAt: new Date(Date.now() - 7_300_000).toISOString(),
    now: new Date().toISOString(),
    schedulers: 4,
    running,
    nextDueAt: null,
    host: {
      name: 'atlas',
      platform: 'linux',
      cpus: 8,
      load: [2.41, 1.9, 1.73],
      memoryBytes: 33_300_000_000,
      freeMemoryBytes: 12_100_000_000,
      uptimeSeconds: 1_204_000,
    },
  };
}

/** Those of `jobs` in the order that a list can be asked for in. */
export function sortedJobs<
  Job extends { readonly nextDueAt: string | null; readonly lastRun: RunRecord | null },
>(jobs: readonly Job[], sort: string | null): readonly Job[] {
  const last = '9999';
  if (sort === 'due') return [...jobs].sort((a, b) => compare(a.nextDueAt ?? last, b.nextDueAt ?? last));
  if (sort === 'last-run')
    return [...jobs].sort((a, b) => compare(b.lastRun?.scheduledAt ?? '', a.lastRun?.scheduledAt ?? ''));
  return jobs;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
