/** What the week is drawn from: for each day, what was run and what is due. */
import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type ApiError, path } from '../../api/client.js';
import type { Timeline, UpcomingSpan } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { clock } from '../../view/clock.js';
import type { Day } from './day.js';
import { type DayPlan, planDay } from './occurrence.js';

const MINUTE = 60_000;
/** What is due today is less every minute. */
const TODAY_EVERY_MS = 5 * MINUTE;
const MOST_ITEMS = 500;

export const minute = computed(() => Math.floor(clock.value / MINUTE) * MINUTE);

export type DayResource = {
  readonly plan: DayPlan;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly refresh: () => void;
};

export type Filter = { readonly namespace: string; readonly search: string };

/** @param day - Undefined asks for nothing. */
export function useDay(day: Day | undefined, { namespace, search }: Filter): DayResource | undefined {
  const now = minute.value;
  const hasPast = day !== undefined && day.from <= now;
  const hasAhead = day !== undefined && day.to > now;
  const isToday = hasPast && hasAhead;
  const past = useResource<Timeline>(
    hasPast ? path(['timeline'], { from: iso(day.from), to: iso(day.to), namespace }) : undefined,
    isToday ? { touchedBy: ({ type }) => type === 'run' } : {},
  );
  const ahead = useResource<UpcomingSpan>(
    hasAhead
      ? path(['upcoming'], {
          ...(isToday ? {} : { from: iso(day.from) }),
          to: iso(day.to),
          namespace,
          limit: MOST_ITEMS,
        })
      : undefined,
    {
      touchedBy: ({ type }) => type === 'jobs' || type === 'scheduler',
      ...(isToday ? { everyMs: TODAY_EVERY_MS } : {}),
    },
  );
  const [pastData, aheadData] = [past.data.value, ahead.data.value];
  const plan = useMemo(
    () => day && planDay({ day, now, past: pastData, ahead: aheadData, search }),
    [day, isToday ? now : 0, pastData, aheadData, search],
  );
  if (plan === undefined) return undefined;
  return {
    plan,
    error: past.error.value ?? ahead.error.value,
    isLoading: (hasPast && pastData === undefined) || (hasAhead && aheadData === undefined),
    refresh: () => {
      if (hasPast) past.refresh();
      if (hasAhead) ahead.refresh();
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
