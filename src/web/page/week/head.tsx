/** Which week is shown, the way to others, and what of it. */
import { href, place, setQuery } from '../../route.js';
import { formatDay } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { useNamespaces } from '../../view/namespace.js';
import { nameNamespaces } from '../../view/namespace-name.js';
import { useShortcuts } from '../../view/shortcut.js';
import type { Filter } from './data.js';
import { type Day, dayOf, parseDay, plusDays } from './day.js';

export type HeadProps = {
  readonly week: readonly Day[];
  readonly day: Day;
  readonly today: Day;
  readonly filter: Filter;
  readonly form: 'calendar' | 'list';
  readonly isNarrow: boolean;
};

const isNarrowNow = () => matchMedia('(max-width: 719px)').matches;

function shown(): Day {
  return parseDay(place.peek().query.get('day') ?? '') ?? dayOf(Date.now());
}

const SHORTCUTS = [
  { keys: 'p', does: 'week: the one before', run: () => goTo(plusDays(shown(), isNarrowNow() ? -1 : -7)) },
  { keys: 'n', does: 'week: the one after', run: () => goTo(plusDays(shown(), isNarrowNow() ? 1 : 7)) },
  { keys: 'c', does: 'week: the current one', run: () => goTo(undefined) },
  {
    keys: 'l',
    does: 'week: as a list, or as a calendar',
    run: () => setQuery({ view: place.peek().query.get('view') === 'list' ? undefined : 'list' }),
  },
];

function goTo(day: Day | undefined): void {
  setQuery({ day: day?.key === dayOf(Date.now()).key ? undefined : day?.key }, { replace: false });
}

export function WeekHead({ week, day, today, filter, form, isNarrow }: HeadProps) {
  useShortcuts(SHORTCUTS);
  const step = isNarrow ? 1 : 7;
  const what = isNarrow ? 'day' : 'week';
  const isCurrent = isNarrow ? day.key === today.key : week.some(({ key }) => key === today.key);
  return (
    <>
      <div class="page-head week-head">
        <h1>{isNarrow ? formatDay(day.from) : titleOf(week)}</h1>
        <div class="week-steps">
          <button
            type="button"
            class="quiet"
            aria-label={`The ${what} before`}
            title={`The ${what} before (p)`}
            onClick={() => goTo(plusDays(day, -step))}
          >
            <Icon name="left" />
          </button>
          <button
            type="button"
            disabled={isCurrent}
            title={`This ${what} (c)`}
            onClick={() => goTo(undefined)}
          >
            {isNarrow ? 'Today' : 'This week'}
          </button>
          <button
            type="button"
            class="quiet"
            aria-label={`The ${what} after`}
            title={`The ${what} after (n)`}
            onClick={() => goTo(plusDays(day, step))}
          >
            <Icon name="right" />
          </button>
        </div>
        <NamespaceChoice namespace={filter.namespace} />
        <input
          type="search"
          aria-label="Search jobs of the week"
          placeholder="Search jobs (/)"
          value={filter.search}
          onInput={(event) => setQuery({ search: event.currentTarget.value })}
        />
        <fieldset class="segments" aria-label="Form of the week">
          <button
            type="button"
            aria-pressed={form === 'calendar'}
            onClick={() => setQuery({ view: undefined })}
          >
            Calendar
          </button>
          <button type="button" aria-pressed={form === 'list'} onClick={() => setQuery({ view: 'list' })}>
            List
          </button>
        </fieldset>
      </div>
      {isNarrow && <Days week={week} day={day} today={today} />}
    </>
  );
}

/** `16 – 22 Nov 2026`. */
function titleOf(week: readonly Day[]): string {
  const [first, last] = [week[0], week.at(-1)].map((day) => (day ? new Date(day.from) : new Date(0))) as [
    Date,
    Date,
  ];
  const [left, right] = [first, last].map((date) => formatDay(date).split(' ').slice(1)) as [
    string[],
    string[],
  ];
  const [from, to] = [first.getFullYear(), last.getFullYear()];
  const begin = from !== to ? `${left.join(' ')} ${from}` : left[1] === right[1] ? left[0] : left.join(' ');
  return `${begin} – ${right.join(' ')} ${to}`;
}

function Days({
  week,
  day,
  today,
}: {
  readonly week: readonly Day[];
  readonly day: Day;
  readonly today: Day;
}) {
  const { query } = place.value;
  return (
    <ul class="week-days" aria-label="Days of the week">
      {week.map(({ key, from }) => {
        const [name, number] = formatDay(from).split(' ');
        return (
          <li key={key}>
            <a
              href={href({ path: ['week'], query: { ...Object.fromEntries(query), day: key } })}
              class={key === today.key ? 'today' : ''}
              {...(key === day.key ? { 'aria-current': 'date' as const } : {})}
            >
              <span>{name}</span> <strong>{number}</strong>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function NamespaceChoice({ namespace }: { readonly namespace: string }) {
  const known = useNamespaces().data.value?.items ?? [];
  const names = nameNamespaces(known);
  const ids = [...new Set([...names.keys(), ...(namespace === '' ? [] : [namespace])])];
  if (ids.length < 2 && namespace === '') return null;
  return (
    <select
      aria-label="Namespace"
      value={namespace}
      onChange={(event) => setQuery({ namespace: event.currentTarget.value })}
    >
      <option value="">All namespaces</option>
      {ids.map((id) => (
        <option key={id} value={id}>
          {names.get(id) ?? id}
        </option>
      ))}
    </select>
  );
}
