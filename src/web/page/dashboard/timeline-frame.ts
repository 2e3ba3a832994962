/** Where things stand in the timeline's drawing. Pure. */
import type { Span } from './timeline-model.js';

export const HOUR = 3_600_000;
/** Room for the word at the line of now. */
const TOP = 20;

export type Frame = {
  readonly span: Span;
  readonly left: number;
  readonly width: number;
  readonly laneHeight: number;
  readonly lanesTop: number;
  /** Labels of lanes stand above them instead of beside them. */
  readonly isNarrow: boolean;
  readonly xOf: (at: number) => number;
};

export function frameOf(span: Span, width: number, isNarrow: boolean): Frame {
  const left = isNarrow ? 8 : 190;
  const inner = Math.max(1, width - left - 14);
  return {
    span,
    left,
    width: inner,
    laneHeight: isNarrow ? 32 : 22,
    lanesTop: TOP,
    isNarrow,
    xOf: (at) => left + ((at - span.from) / (span.to - span.from)) * inner,
  };
}
