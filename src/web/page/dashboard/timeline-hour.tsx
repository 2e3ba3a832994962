/** The hours of the timeline: how many runs came to which end, and how many are due. */
import type { RunStatus } from '../../api/record.js';
import { href } from '../../route.js';
import { formatClock, formatCount, formatDay } from '../../view/format.js';
import { DRAWN } from '../../view/roving.js';
import { isBad } from '../../view/status.js';
import type { Tip } from '../../view/tip.js';
import { type Frame, HOUR } from './timeline-frame.js';
import type { HourSum } from './timeline-model.js';

/** From the bottom up: what is bad is on top, where it ends the column. */
const ORDER: readonly RunStatus[] = [
  'succeeded',
  'skipped',
  'waiting',
  'starting',
  'running',
  'stopping',
  'missed',
  'errored',
  'failed',
];

export type HourProps = {
  readonly sums: readonly HourSum[];
  readonly frame: Frame;
  readonly top: number;
  readonly height: number;
  readonly row: number;
  readonly show: (tip: Tip) => void;
  readonly hide: () => void;
};

export function HourBars({ sums, frame, top, height, row, show, hide }: HourProps) {
  const most = Math.max(1, ...sums.map(({ ran, due }) => ran + due));
  const bottom = top + height;
  // Room above the highest one for the sign that something was bad.
  const perRun = (height - 8) / most;
  return (
    <g>
      <g class="hours-name" {...DRAWN}>
        {!frame.isNarrow && (
          <>
            <text x={14} y={top + 14}>
              All jobs, by hour
            </text>
            <text class="soft" x={14} y={top + 30}>
              {formatCount(most)} at most
            </text>
          </>
        )}
        <line class="base" x1={frame.left} x2={frame.left + frame.width} y1={bottom} y2={bottom} />
      </g>
      {sums.map((sum) => (
        <HourBar
          key={sum.at}
          sum={sum}
          frame={frame}
          bottom={bottom}
          height={height}
          perRun={perRun}
          row={row}
          show={show}
          hide={hide}
        />
      ))}
    </g>
  );
}

type BarProps = Omit<HourProps, 'sums' | 'top'> & {
  readonly sum: HourSum;
  readonly bottom: number;
  readonly perRun: number;
};

function HourBar({ sum, frame, bottom, height, perRun, row, show, hide }: BarProps) {
  const { at, counts, due } = sum;
  const x = frame.xOf(at) + 1;
  const width = Math.max(2, frame.xOf(at + HOUR) - frame.xOf(at) - 2);
  const words = wordsOf(sum);
  const tell = () =>
    show({
      x: x + width / 2,
      y: bottom + 4,
      text: (
        <>
          <strong>
            {formatDay(at)} {formatClock(at)} to {formatClock(at + HOUR)}
          </strong>
          <br />
          {words}
        </>
      ),
    });
  let y = bottom;
  const parts = ORDER.flatMap((status) => {
    const count = counts[status] ?? 0;
    if (count === 0) return [];
    const tall = Math.max(1.5, count * perRun);
    y -= tall;
    return [<rect key={status} class={`part status-${status}`} x={x} y={y} width={width} height={tall} />];
  });
  const tallDue = due === 0 ? 0 : Math.max(2, due * perRun);
  const bad = ORDER.some((status) => isBad(status) && (counts[status] ?? 0) > 0);
  const isNow = at <= frame.span.now && frame.span.now < at + HOUR;
  return (
    <a
      class="timeline-hour"
      href={targetOf(at, frame.span.now)}
      tabIndex={isNow ? 0 : -1}
      data-row={row}
      data-at={Math.round(x)}
      aria-label={`${formatDay(at)} ${formatClock(at)}: ${words}`}
      onPointerEnter={tell}
      onFocus={tell}
      onBlur={hide}
    >
      <rect class="hit" x={x - 1} y={bottom - height} width={width + 2} height={height} />
      {parts}
      {due > 0 && (
        <rect
          class="part status-due"
          x={x + 0.5}
          y={y - tallDue + 0.5}
          width={width - 1}
          height={tallDue - 0.5}
        />
      )}
      {bad && <path class="bad-sign" d={`M${x + width / 2 - 3.5} ${y - tallDue - 6}h7l-3.5 5z`} />}
    </a>
  );
}

function wordsOf({ counts, due }: HourSum): string {
  const parts = [...ORDER]
    .reverse()
    .flatMap((status) => (counts[status] ? [`${formatCount(counts[status])} ${status}`] : []));
  if (due > 0) parts.push(`${formatCount(due)} due`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function targetOf(at: number, now: number): string {
  const day = dayOf(at);
  if (at > now) return href({ path: ['week'], query: { day } });
  return href({
    path: ['runs'],
    query: { since: new Date(at).toISOString(), until: new Date(at + HOUR).toISOString() },
  });
}

function dayOf(at: number): string {
  const date = new Date(at);
  const two = (count: number) => String(count).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
