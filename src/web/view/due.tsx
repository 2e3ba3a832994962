/** When a job is due next: here, and in its own zone where clocks differ. */
import type { JobRecord } from '../api/record.js';
import { runHref } from '../route.js';
import { clock } from './clock.js';
import { formatClock, formatInstant, formatNear } from './format.js';
import { Countdown } from './time.js';

/** When a job runs next; with the id of the run where one is planned for then. */
export type Next = { readonly at: string; readonly run?: string };

/** By its schedule, unless it is disabled or paused, or because that was planned, where that is sooner. */
export function nextOf(job: JobRecord): Next | undefined {
  const { enabled, paused, nextDueAt, planned } = job;
  const due = enabled && !paused ? nextDueAt : null;
  if (planned !== undefined && (due === null || Date.parse(planned.at) < Date.parse(due))) return planned;
  return due === null ? undefined : { at: due };
}

export function NextDue({ job }: { readonly job: JobRecord }) {
  const next = nextOf(job);
  if (next?.run !== undefined)
    return (
      <span>
        <Countdown at={next.at} />{' '}
        <a class="tag" href={runHref(job.namespace, next.run)} title="To the run that is planned">
          planned
        </a>{' '}
        {job.paused && <span class="tag">paused</span>}
      </span>
    );
  if (!job.enabled) return <span class="muted">disabled</span>;
  if (job.paused) return <span class="tag">paused</span>;
  if (job.nextDueAt === null) return <span class="muted">–</span>;
  const isSkipped = (job.skips ?? []).some(({ at }) => at === job.nextDueAt);
  return (
    <span class={isSkipped ? 'struck' : ''}>
      <Countdown at={job.nextDueAt} />
    </span>
  );
}

/** The clock's time for the viewer, and that of the job's zone. */
export function DueClocks({ job }: { readonly job: JobRecord }) {
  const next = nextOf(job);
  if (next === undefined) return job.enabled && job.paused ? untilOf(job) : null;
  const at = Date.parse(next.at);
  const zones = next.run === undefined ? zonesOf(job) : [];
  return (
    <span title={zones.map((tz) => `${formatInstant(at, tz)} (${tz})`).join('\n') || undefined}>
      {formatNear(at, clock.value)}
      {zones.map((tz) => {
        const there = clockIn(at, tz);
        return there !== undefined && ` · ${there} ${cityOf(tz)}`;
      })}
    </span>
  );
}

/** Those that its schedules go by, where they are known: any of them may have been the one that is due. */
export function zonesOf({ tz, definition }: Pick<JobRecord, 'tz' | 'definition'>): readonly string[] {
  const known = (definition?.schedules ?? []).filter((each) => each.enabled).map((each) => each.tz);
  return [...new Set(known.length > 0 ? known : tz === null ? [] : [tz])];
}

/** Undefined where it says the same as the clock here. */
export function clockIn(at: number, tz: string): string | undefined {
  const there = formatClock(at, { timeZone: tz });
  return there === formatClock(at) ? undefined : there;
}

/** `New York` of `America/New_York`. */
function cityOf(tz: string): string {
  return tz.split('/').at(-1)?.replaceAll('_', ' ') ?? '';
}

function untilOf({ pauses = [] }: JobRecord): string {
  const ends = pauses.map(({ until }) => until);
  if (ends.length === 0 || ends.includes(null)) return 'until resumed';
  const last = Math.max(...ends.map((end) => Date.parse(end ?? '')));
  return `until ${formatNear(last, clock.value)}`;
}
