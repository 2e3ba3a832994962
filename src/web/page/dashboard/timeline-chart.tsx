/** The drawing: a lane for each job that matters most, the hours below, and a line for now. */
import { useMemo, useRef } from 'preact/hooks';
import type { Timeline } from '../../api/record.js';
import { formatClock, formatDay } from '../../view/format.js';
import { useMedia } from '../../view/media.js';
import { DRAWN, rove } from '../../view/roving.js';
import { TipBox, useTip } from '../../view/tip.js';
import { useWidth } from '../../view/width.js';
import type { TimelineData } from './timeline-data.js';
import { type Frame, frameOf, HOUR } from './timeline-frame.js';
import { HourBars } from './timeline-hour.js';
import { LaneMarks } from './timeline-lane.js';
import { type HourSum, lanesOf, type Span } from './timeline-model.js';

const LANES = 8;
const HOURS_HEIGHT = 52;
const HOURS_ALONE_HEIGHT = 120;
/** Where less than this is known one by one, lanes would tell nothing but what is dense. */
const LEAST_KNOWN_MS = 2 * HOUR;
const GAP = 12;
const AXIS_HEIGHT = 22;

export function TimelineChart({
  timeline,
  sums,
}: {
  readonly timeline: TimelineData;
  readonly sums: readonly HourSum[];
}) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const isNarrow = useMedia('(max-width: 719px)');
  const { tip, show, hide } = useTip();
  const span = timeline.span.value;
  const past = timeline.past.data.value;
  const ahead = timeline.ahead.data.value;
  const frame = useMemo(() => frameOf(span, width, isNarrow), [span, width, isNarrow]);
  const known = knownFrom(past, span);
  const hasLanes = span.now - known > LEAST_KNOWN_MS;
  const lanes = useMemo(
    () =>
      hasLanes
        ? lanesOf({
            runs: past?.runs ?? [],
            items: ahead?.items ?? [],
            dense: ahead?.dense ?? [],
            span,
            most: LANES,
            nearMs: (1.5 * (span.to - span.from)) / Math.max(1, width),
          })
        : [],
    [past, ahead, span, width, hasLanes],
  );
  const hoursHeight = hasLanes ? HOURS_HEIGHT : HOURS_ALONE_HEIGHT;
  const hoursTop = frame.lanesTop + lanes.length * frame.laneHeight + (lanes.length > 0 ? GAP : 0);
  const height = hoursTop + hoursHeight + AXIS_HEIGHT;
  return (
    <div class="chart" ref={holder} onPointerLeave={hide}>
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldsets.
        <svg
          width={width}
          height={height}
          role="group"
          aria-label="Timeline; arrow keys go from mark to mark"
          onKeyDown={rove}
        >
          <Ground frame={frame} height={height - AXIS_HEIGHT} known={known} hoursTop={hoursTop} />
          <LaneMarks lanes={lanes} frame={frame} show={show} hide={hide} />
          <HourBars
            sums={sums}
            frame={frame}
            top={hoursTop}
            height={hoursHeight}
            row={lanes.length}
            show={show}
            hide={hide}
          />
          <Axis frame={frame} top={hoursTop + hoursHeight} />
          <NowLine frame={frame} bottom={hoursTop + hoursHeight} />
        </svg>
      )}
      <TipBox tip={tip.value} width={width} />
      {!hasLanes && (
        <p class="chart-note muted">
          There are too many runs to show them one by one; a filtered list of them is a click away.
        </p>
      )}
      <Legend />
    </div>
  );
}

/** Since when every run is there one by one; what is due always is, or counted by hour. */
function knownFrom(past: Timeline | undefined, { from }: Span): number {
  if (past?.truncated !== true) return from;
  // Behind them are those that were due before and still go on.
  const oldest = past.runs.findLast(({ scheduledAt }) => Date.parse(scheduledAt) >= from);
  return oldest === undefined ? from : Date.parse(oldest.scheduledAt);
}

/** What is to come has a ground of its own, and what is not known one by one is hatched. */
function Ground({
  frame: { span, xOf, lanesTop },
  height,
  hoursTop,
  known,
}: {
  readonly frame: Frame;
  readonly height: number;
  readonly hoursTop: number;
  /** Since when every run is there one by one. */
  readonly known: number;
}) {
  const now = xOf(span.now);
  return (
    <g {...DRAWN}>
      <rect class="ahead" x={now} y={0} width={xOf(span.to) - now} height={height} />
      <defs>
        <pattern
          id="unknown"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="hatch" width="1.5" height="6" />
        </pattern>
      </defs>
      {known > span.from && hoursTop > lanesTop && (
        <rect
          fill="url(#unknown)"
          x={xOf(span.from)}
          y={lanesTop - 4}
          width={xOf(known) - xOf(span.from)}
          height={hoursTop - lanesTop}
        >
          <title>Before {formatClock(known)}, only the sums by hour are shown.</title>
        </rect>
      )}
    </g>
  );
}

function Axis({
  frame: { span, xOf, isNarrow, lanesTop },
  top,
}: {
  readonly frame: Frame;
  readonly top: number;
}) {
  const step = isNarrow ? 12 : 3;
  const ticks = [];
  for (let at = span.from; at <= span.to; at += HOUR) {
    const hour = new Date(at).getHours();
    if (hour % step !== 0) continue;
    const isDay = hour === 0;
    ticks.push(
      <g key={at} class={isDay ? 'tick day' : 'tick'}>
        <line x1={xOf(at)} x2={xOf(at)} y1={lanesTop - 4} y2={top + 4} />
        <text x={xOf(at)} y={top + 17} text-anchor={xOf(at) < 40 ? 'start' : 'middle'}>
          {isDay ? formatDay(at) : formatClock(at)}
        </text>
      </g>,
    );
  }
  return <g {...DRAWN}>{ticks}</g>;
}

function NowLine({ frame: { span, xOf }, bottom }: { readonly frame: Frame; readonly bottom: number }) {
  const x = xOf(span.now);
  return (
    <g class="now-line" {...DRAWN}>
      <line x1={x} x2={x} y1={14} y2={bottom} />
      <text x={x} y={10} text-anchor="middle">
        now
      </text>
    </g>
  );
}

const LEGEND = [
  ['succeeded', 'succeeded'],
  ['failed', 'failed or missed: taller'],
  ['running', 'goes on'],
  ['skipped', 'skipped: a dot'],
  ['due', 'due, as long as expected'],
] as const;

function Legend() {
  return (
    <ul class="legend" aria-hidden="true">
      {LEGEND.map(([status, text]) => (
        <li key={status}>
          <span class={`swatch status-${status}`} />
          {text}
        </li>
      ))}
    </ul>
  );
}
