/** Days as columns, hours as rows: what takes time is as high as it takes long, with the load of each hour beside it. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { jobHref, runHref } from '../../route.js';
import { formatClock, formatDay, formatLength, plural } from '../../view/format.js';
import { rove } from '../../view/roving.js';
import { useWidth } from '../../view/width.js';
import { minute } from './data.js';
import { minuteOf } from './day.js';
import { HourDialog } from './hour.js';
import { type Block, layOut, type More } from './layout.js';
import type { DayPlan, HourLoad, Occurrence } from './occurrence.js';

/** Of an hour, in px. */
const HOUR_HEIGHT = 40;
const LINE_HEIGHT = 19;
const LEAST_LANE_WIDTH = 46;
/** Of what tells that there is more. */
const MORE_WIDTH = 36;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

type Picked = { readonly plan: DayPlan; readonly hour: number };

export function Calendar({ plans }: { readonly plans: readonly DayPlan[] }) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const [picked, setPicked] = useState<Picked | undefined>(undefined);
  const most = Math.max(1, ...plans.flatMap(({ hours }) => hours.map(({ count }) => count)));
  const laneSpace = (width - 52) / Math.max(1, plans.length) - 26;
  const mostLanes = Math.max(2, Math.min(8, Math.floor(laneSpace / LEAST_LANE_WIDTH)));
  const columns = { gridTemplateColumns: `52px repeat(${plans.length}, minmax(0, 1fr))` };
  useEffect(() => scrollToNow(holder.current), [plans[0]?.day.key]);
  return (
    <div class="calendar" ref={holder}>
      {plans.length > 1 && (
        <div class="calendar-head" style={columns}>
          <span />
          {plans.map((plan) => (
            <DayName key={plan.day.key} plan={plan} />
          ))}
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it have the focus. */}
      <div class="calendar-body" style={{ ...columns, height: `${24 * HOUR_HEIGHT}px` }} onKeyDown={rove}>
        <ol class="calendar-hours" aria-hidden="true">
          {HOURS.map((hour) => (
            <li key={hour} style={{ height: `${HOUR_HEIGHT}px` }}>
              {hour > 0 && `${String(hour).padStart(2, '0')}:00`}
            </li>
          ))}
        </ol>
        {plans.map((plan, column) => (
          <DayColumn
            key={plan.day.key}
            plan={plan}
            column={column}
            most={most}
            mostLanes={mostLanes}
            onPick={(hour) => setPicked({ plan, hour })}
          />
        ))}
      </div>
      {picked && <HourDialog day={picked.plan.day} hour={picked.hour} onClose={() => setPicked(undefined)} />}
    </div>
  );
}

/** Nobody wants to begin at midnight in the evening. */
function scrollToNow(calendar: HTMLElement | null): void {
  // After the page has begun at its top.
  requestAnimationFrame(() => {
    const line = calendar?.querySelector('.calendar-now');
    const y = line?.getBoundingClientRect().top ?? 0;
    if (y > innerHeight * 0.8) scrollBy({ top: y - innerHeight / 2, behavior: 'instant' });
  });
}

function DayName({ plan: { day, count } }: { readonly plan: DayPlan }) {
  const isToday = day.from <= minute.value && minute.value < day.to;
  const [name, number] = formatDay(day.from).split(' ');
  return (
    <div class={isToday ? 'day-name today' : 'day-name'}>
      <span>
        {name} <strong>{number}</strong>
      </span>
      <span class="muted figures">{plural(count, 'run')}</span>
    </div>
  );
}

type ColumnProps = {
  readonly plan: DayPlan;
  readonly column: number;
  readonly most: number;
  readonly mostLanes: number;
  readonly onPick: (hour: number) => void;
};

function DayColumn({ plan, column, most, mostLanes, onPick }: ColumnProps) {
  const { day, occurrences, hours } = plan;
  const now = minute.value;
  const isToday = day.from <= now && now < day.to;
  const { blocks, more } = useMemo(
    () => layOut(occurrences, { mostLanes, leastMinutes: (LINE_HEIGHT / HOUR_HEIGHT) * 60 }),
    [occurrences, mostLanes],
  );
  const firstHour = isToday ? new Date(now).getHours() : 0;
  return (
    <section class={`calendar-day${day.to <= now ? ' past' : ''}`} aria-label={formatDay(day.from)}>
      {hours.map((load) => (
        <HourButton
          key={load.hour}
          plan={plan}
          load={load}
          column={column}
          most={most}
          isFirst={(isToday || column === 0) && load.hour === firstHour}
          onPick={onPick}
        />
      ))}
      <ul class="calendar-blocks">
        {blocks.map((block) => (
          <BlockLink key={block.occurrence.key} block={block} />
        ))}
        {more.map((each) => (
          <MoreButton key={`${each.hour} ${each.top}`} more={each} onPick={onPick} />
        ))}
      </ul>
      {isToday && (
        <div
          class="calendar-now"
          aria-hidden="true"
          style={{ top: `${(minuteOf(now) / 60) * HOUR_HEIGHT}px` }}
        />
      )}
    </section>
  );
}

type HourProps = {
  readonly plan: DayPlan;
  readonly load: HourLoad;
  readonly column: number;
  readonly most: number;
  readonly isFirst: boolean;
  readonly onPick: (hour: number) => void;
};

/** As wide as there is much to do in the hour; its root, or little would not be seen beside much. */
function HourButton({ plan, load, column, most, isFirst, onPick }: HourProps) {
  const { hour, count, bad, peak } = load;
  const share = Math.sqrt(count / most);
  const words = `${formatDay(plan.day.from)} ${String(hour).padStart(2, '0')}:00: ${wordsOf(load)}`;
  return (
    <button
      type="button"
      class="hour"
      tabIndex={isFirst ? 0 : -1}
      data-row={hour}
      data-at={column}
      aria-label={words}
      title={words}
      style={{ top: `${hour * HOUR_HEIGHT}px`, height: `${HOUR_HEIGHT}px` }}
      onClick={() => onPick(hour)}
    >
      {count > 0 && <span class="hour-load" style={{ width: `${Math.max(2, Math.round(share * 20))}px` }} />}
      {bad > 0 && <span class="hour-bad" style={{ height: `${Math.max(15, (bad / count) * 100)}%` }} />}
      {peak > 1 && <span class="hour-peak figures">{manyOf(peak)}</span>}
    </button>
  );
}

function wordsOf({ count, bad, peak }: HourLoad): string {
  if (count === 0) return peak > 0 ? `nothing begins, ${manyOf(peak)} at once go on` : 'nothing';
  return `${plural(count, 'run')}${bad > 0 ? `, ${bad} of them bad` : ''}${peak > 1 ? `, up to ${manyOf(peak)} at once` : ''}`;
}

function manyOf(peak: number): string {
  return peak > 99 ? '99+' : String(peak);
}

function BlockLink({ block }: { readonly block: Block }) {
  const { occurrence, top, minutes, lane, lanes, hasMore } = block;
  const space = hasMore ? `(100% - ${MORE_WIDTH}px)` : '100%';
  const { namespace, job, at, status, override, run } = occurrence;
  const height = (minutes / 60) * HOUR_HEIGHT - 1;
  return (
    <li>
      <a
        class={`block status-${status}${override === null ? '' : ' off'}`}
        href={run === undefined ? jobHref(namespace, job) : runHref(namespace, run)}
        tabIndex={-1}
        title={titleOf(occurrence)}
        style={{
          top: `${(top / 60) * HOUR_HEIGHT}px`,
          height: `${height}px`,
          left: `calc(${space} * ${lane / lanes})`,
          width: `calc(${space} / ${lanes} - 2px)`,
        }}
      >
        {lanes === 1 && <span class="block-time figures">{formatClock(at)} </span>}
        <span class="block-job">{job}</span>
        {height > 2 * LINE_HEIGHT && <span class="block-note">{noteOf(occurrence)}</span>}
      </a>
    </li>
  );
}

function noteOf({ status, lengthMs, override }: Occurrence): string {
  if (override !== null) return override;
  const length = lengthMs > 0 ? formatLength(lengthMs) : '';
  return status === 'due' ? length && `about ${length}` : `${status} ${length}`;
}

function titleOf(occurrence: Occurrence): string {
  const { job, at, status } = occurrence;
  const note = noteOf(occurrence);
  return `${job}\n${formatClock(at, { seconds: true })} ${status === 'due' ? `due${note && `, ${note}`}` : note}`;
}

function MoreButton({ more, onPick }: { readonly more: More; readonly onPick: (hour: number) => void }) {
  const { hour, top, count } = more;
  return (
    <li>
      <button
        type="button"
        class="block-more figures"
        tabIndex={-1}
        aria-label={`${count} more at ${hour}:00`}
        style={{ top: `${(top / 60) * HOUR_HEIGHT}px`, width: `${MORE_WIDTH - 2}px` }}
        onClick={() => onPick(hour)}
      >
        +{count > 999 ? `${Math.floor(count / 1_000)}k` : count}
      </button>
    </li>
  );
}
