/** A week of what was run and what is due, by day and hour; on a phone a day of it. */
import { useMemo } from 'preact/hooks';
import { place } from '../route.js';
import { plural } from '../view/format.js';
import { useMedia } from '../view/media.js';
import { Empty, Loading, Problem } from '../view/state.js';
import { Calendar } from './week/calendar.js';
import { type DayResource, minute, useDay } from './week/data.js';
import { dayOf, parseDay, weekOf } from './week/day.js';
import { FrequentJobs } from './week/frequent.js';
import { WeekHead } from './week/head.js';
import { Agenda } from './week/list.js';

export function WeekPage() {
  const { query } = place.value;
  const today = dayOf(minute.value);
  const day = parseDay(query.get('day') ?? '') ?? today;
  const filter = { namespace: query.get('namespace') ?? '', search: query.get('search') ?? '' };
  const isNarrow = useMedia('(max-width: 719px)');
  const week = useMemo(() => weekOf(day), [day.key]);
  const asked = (index: number) => {
    const each = week[index];
    return isNarrow && each?.key !== day.key ? undefined : each;
  };
  // A day each, so that one that is full does not keep the others from being told.
  const answers = [
    useDay(asked(0), filter),
    useDay(asked(1), filter),
    useDay(asked(2), filter),
    useDay(asked(3), filter),
    useDay(asked(4), filter),
    useDay(asked(5), filter),
    useDay(asked(6), filter),
  ].filter((each) => each !== undefined);
  const error = answers.find((each) => each.error !== undefined);
  const isLoading = answers.some((each) => each.isLoading);
  const form = query.get('view') === 'list' ? 'list' : 'calendar';
  return (
    <>
      <WeekHead week={week} day={day} today={today} filter={filter} form={form} isNarrow={isNarrow} />
      {error?.error !== undefined && <Problem error={error.error} onRetry={error.refresh} />}
      {isLoading && answers.every(({ plan }) => plan.count === 0) ? (
        <Loading what="the week" />
      ) : (
        <Shown
          answers={answers}
          form={form}
          isNarrow={isNarrow}
          hasFilter={Object.values(filter).some(Boolean)}
        />
      )}
    </>
  );
}

type ShownProps = {
  readonly answers: readonly DayResource[];
  readonly form: 'calendar' | 'list';
  readonly isNarrow: boolean;
  readonly hasFilter: boolean;
};

function Shown({ answers, form, isNarrow, hasFilter }: ShownProps) {
  const plans = answers.map(({ plan }) => plan);
  const count = plans.reduce((sum, plan) => sum + plan.count, 0);
  if (count === 0 && !answers.some(({ isLoading }) => isLoading))
    return (
      <Empty title={`Nothing was run or is due ${isNarrow ? 'on this day' : 'in this week'}.`}>
        {hasFilter && <p>The filter may leave out what there is.</p>}
      </Empty>
    );
  return (
    <>
      <FrequentJobs plans={plans} />
      {form === 'list' ? <Agenda plans={plans} /> : <Calendar plans={plans} />}
      <p class="week-note muted">
        {form === 'calendar' &&
          'Beside each day: how much is run in the hour, and how many of it at once; a click shows all of it. '}
        {plural(count, 'run')} altogether, in times of {Intl.DateTimeFormat().resolvedOptions().timeZone}.
        {plans.some(({ isPartial }) => isPartial) &&
          ' There are more than can be shown one by one: the bars beside the days count all of them.'}
      </p>
    </>
  );
}
