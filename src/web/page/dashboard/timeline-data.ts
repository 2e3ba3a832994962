/** What the timeline is drawn from: runs of the last 24 hours as they become, and what is due in the next ones. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { path } from '../../api/client.js';
import type { RunStatus, Timeline, UpcomingSpan } from '../../api/record.js';
import { type Resource, useResource } from '../../api/resource.js';
import { clock } from '../../view/clock.js';
import { type HourSum, hourSums, type Span, spanAround, withRun } from './timeline-model.js';

export type TimelineData = {
  readonly past: Resource<Timeline>;
  readonly ahead: Resource<UpcomingSpan>;
  /** Moves by the minute. */
  readonly span: ReadonlySignal<Span>;
  readonly sums: ReadonlySignal<readonly HourSum[] | undefined>;
};

const MINUTE = 60_000;
/** Events are counted in between; an answer that is asked for says what they leave out. */
const EVERY_MS = 60_000;
const MOST_RUNS = 2_000;
const MOST_AHEAD = 500;

const minute = computed(() => Math.floor(clock.value / MINUTE) * MINUTE);
const span = computed(() => spanAround(minute.value));
const fromHour = computed(() => new Date(span.value.from).toISOString());
const toHour = computed(() => new Date(span.value.to).toISOString());

export function useTimeline(): TimelineData {
  const past = useResource<Timeline>(path(['timeline'], { from: fromHour.value }), {
    everyMs: EVERY_MS,
    apply: (timeline, event) =>
      event.type === 'run' ? { ...timeline, ...withRun(timeline, event.run, MOST_RUNS) } : timeline,
  });
  const ahead = useResource<UpcomingSpan>(path(['upcoming'], { to: toHour.value, limit: MOST_AHEAD }), {
    everyMs: EVERY_MS,
    touchedBy: ({ type }) => type === 'jobs' || type === 'scheduler',
  });
  return useMemo(
    () => ({
      past,
      ahead,
      span,
      sums: computed(() =>
        past.data.value === undefined
          ? undefined
          : hourSums(span.value, past.data.value.hours, ahead.data.value?.hours ?? []),
      ),
    }),
    [past, ahead],
  );
}

/** `98.7 %`: of what ran. */
export function outcomeShare(sums: readonly HourSum[]): string {
  const count = (status: RunStatus) => sums.reduce((sum, { counts }) => sum + (counts[status] ?? 0), 0);
  const good = count('succeeded');
  const ran = good + count('failed') + count('errored') + count('missed');
  if (ran === 0) return 'none';
  const share = (good / ran) * 100;
  // What is not all must not look as if it were.
  return `${share === 100 ? 100 : Math.min(99.9, share).toFixed(1)} %`;
}
