/** Lanes of the timeline: what each job did and will do, as bars as long as its runs. */
import { href, jobHref, runHref } from '../../route.js';
import { formatClock, formatLength, formatNear, plural } from '../../view/format.js';
import { Namespace } from '../../view/namespace.js';
import { DRAWN } from '../../view/roving.js';
import { isBad } from '../../view/status.js';
import type { Tip } from '../../view/tip.js';
import type { Frame } from './timeline-frame.js';
import type { Lane, Mark } from './timeline-model.js';

const LEAST_WIDTH = 3;
/** Of a label, by the width of its letters. */
const MOST_LETTERS = 26;

export type LaneProps = {
  readonly lanes: readonly Lane[];
  readonly frame: Frame;
  readonly show: (tip: Tip) => void;
  readonly hide: () => void;
};

export function LaneMarks({ lanes, frame, show, hide }: LaneProps) {
  return (
    <>
      {lanes.map((lane, row) => {
        const top = frame.lanesTop + row * frame.laneHeight;
        const middle = top + frame.laneHeight - 11;
        return (
          <g key={`${lane.namespace} ${lane.job}`}>
            <line
              class="lane"
              {...DRAWN}
              x1={frame.left}
              x2={frame.left + frame.width}
              y1={middle}
              y2={middle}
            />
            <a class="lane-name" href={jobHref(lane.namespace, lane.job)} tabIndex={-1}>
              <title>{lane.job}</title>
              <text x={frame.isNarrow ? frame.left : 14} y={frame.isNarrow ? top + 11 : middle + 4}>
                {shortened(lane.job)}
              </text>
            </a>
            {lane.marks.map((mark, index) => (
              <MarkShape
                key={`${mark.status} ${mark.from}`}
                lane={lane}
                mark={mark}
                row={row}
                isFirst={row === 0 && index === 0}
                middle={middle}
                frame={frame}
                show={show}
                hide={hide}
              />
            ))}
          </g>
        );
      })}
    </>
  );
}

function shortened(text: string): string {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS - 1)}…`;
}

type MarkProps = {
  readonly lane: Lane;
  readonly mark: Mark;
  readonly row: number;
  readonly isFirst: boolean;
  readonly middle: number;
  readonly frame: Frame;
  readonly show: (tip: Tip) => void;
  readonly hide: () => void;
};

function MarkShape({ lane, mark, row, isFirst, middle, frame, show, hide }: MarkProps) {
  const { status, from, to, count } = mark;
  const x = frame.xOf(Math.max(from, frame.span.from));
  const width = Math.max(LEAST_WIDTH, frame.xOf(Math.min(to, frame.span.to)) - x);
  const words = wordsOf(mark, frame.span.now);
  const tell = () =>
    show({
      x: x + width / 2,
      y: middle + 10,
      text: (
        <>
          <strong>{lane.job}</strong> <Namespace id={lane.namespace} />
          <br />
          {words}
        </>
      ),
    });
  const isMoment = status === 'skipped' || (status === 'missed' && count === 1);
  const isDense = status === 'due' && count > 1;
  const height = isDense ? 4 : status === 'due' ? 8 : status !== 'skipped' && isBad(status) ? 16 : 10;
  return (
    <a
      class={`timeline-mark status-${status}${isDense ? ' dense' : ''}`}
      href={targetOf(lane, mark)}
      tabIndex={isFirst ? 0 : -1}
      data-row={row}
      data-at={Math.round(x)}
      aria-label={`${lane.job}: ${words}`}
      onPointerEnter={tell}
      onFocus={tell}
      onBlur={hide}
    >
      {/* Wider than what is seen, to be hit. */}
      <rect class="hit" x={x - 2} y={middle - 10} width={width + 4} height={20} />
      {isMoment && status === 'skipped' ? (
        <circle cx={x + 1.5} cy={middle} r={2.5} />
      ) : (
        <rect x={x} y={middle - height / 2} width={width} height={height} rx={Math.min(2, width / 2)} />
      )}
    </a>
  );
}

function wordsOf({ status, from, to, count, run }: Mark, now: number): string {
  const times = `${formatNear(from, now)}${to - from < 1_000 ? '' : ` to ${formatClock(to)}`}`;
  if (status === 'due') {
    if (count > 1) return `due ${count} times, ${times}`;
    return `due ${formatNear(from, now)}${to > from ? `, takes about ${formatLength(to - from)}` : ''}`;
  }
  if (count > 1) return `${plural(count, 'run')} ${status}, ${times}`;
  const reason = run?.reason ? ` (${run.reason})` : '';
  const length = run?.durationMs ? `, took ${formatLength(run.durationMs)}` : '';
  return `${status}${reason} ${formatNear(from, now)}${length}`;
}

function targetOf({ namespace, job }: Lane, { status, count, run }: Mark): string {
  if (status === 'due' || run === undefined) return jobHref(namespace, job);
  if (count === 1) return runHref(namespace, run.id);
  return href({ path: ['runs'], query: { namespace, job, status } });
}
