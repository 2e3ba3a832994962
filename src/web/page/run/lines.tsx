/** Lines of an output in a box that scrolls; only those on the screen are rendered. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Ansi } from '../../view/ansi.js';
import { formatCount } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { useVirtual } from '../../view/virtual.js';
import type { Found } from './found.js';
import type { Line } from './output-lines.js';

const LINE_HEIGHT = 20;
/** So close to the end, it counts as the end. */
const NEAR_PX = 24;

export type LinesProps = {
  readonly lines: readonly Line[];
  readonly version: number;
  readonly wraps: boolean;
  readonly isBoth: boolean;
  readonly isGrowing: boolean;
  readonly found: Found | undefined;
};

export function Lines({ lines, version, wraps, isBoth, isGrowing, found }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const tails = useSignal(true);
  const virtual = useVirtual({ count: lines.length, rowHeight: LINE_HEIGHT, list: box, scroller: 'own' });
  const lastTop = useRef(0);
  const target = found?.at[found.current];

  useLayoutEffect(() => {
    if (tails.peek() && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  });
  useLayoutEffect(() => virtual.measure(), [wraps]);
  useEffect(() => {
    if (target === undefined) return;
    tails.value = false;
    virtual.scrollToIndex(target, { align: 'center' });
  }, [target]);
  // The box is as wide as the longest line, which only those that are rendered can tell.
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (isAtEnd) tails.value = true;
    else if (scrollTop < lastTop.current - 1) tails.value = false;
    lastTop.current = scrollTop;
  };
  const toEnd = () => {
    tails.value = true;
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  };
  const digits = String(lines.length).length;
  return (
    <div class="lines-frame">
      <div
        ref={box}
        class={wraps ? 'lines wraps' : 'lines'}
        role="log"
        aria-label="Lines"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
        tabIndex={0}
        data-version={version}
        onScroll={onScroll}
      >
        <div class="lines-body" style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            return (
              <div
                key={index}
                ref={wraps ? virtual.measureElement : null}
                data-index={index}
                class={classOf(line, index === target, found?.has.has(index) === true)}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span class="line-number" style={{ minWidth: `${digits}ch` }}>
                  {index + 1}
                </span>
                {isBoth && <span class="line-stream">{line.stream === 'stderr' ? 'err' : ''}</span>}
                {line.step !== undefined && line.step !== lines[index - 1]?.step && (
                  <span class="line-step">{String(line.step)}</span>
                )}
                <span class="line-text" title={line.at}>
                  <Ansi text={line.text} />
                  {'\n'}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {!tails.value && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" /> {isGrowing ? 'Follow' : 'To the end'}
          <small class="figures">{formatCount(lines.length)}</small>
        </button>
      )}
    </div>
  );
}

function classOf({ stream }: Line, isTarget: boolean, isFound: boolean): string {
  return `out-line ${stream}${isTarget ? ' target' : isFound ? ' found' : ''}`;
}
