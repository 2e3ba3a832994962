/** Which rows of a long list are on the screen, as a hook: the rest is not rendered. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

export type VirtualOption = {
  readonly count: number;
  /** Of a row, in px; a guess where rows are measured. */
  readonly rowHeight: number;
  /** What holds the rows; scrolls by itself, or with the window. */
  readonly list: RefObject<HTMLElement | null>;
  readonly scroller: 'own' | 'window';
};

export type Rows = Virtualizer<HTMLElement, HTMLElement> | Virtualizer<Window, HTMLElement>;

/** Rows that do not fit the screen, at either end. */
const OVERSCAN = 8;

/** Give `measureElement` of the result to rows whose height differs, together with `data-index`. */
export function useVirtual({ count, rowHeight, list, scroller }: VirtualOption): Rows {
  const [, render] = useReducer((turn: number, _: undefined) => turn + 1, 0);
  const [scrollMargin, setScrollMargin] = useState(0);
  const shared = {
    count,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    onChange: () => render(undefined),
  };
  const ofWindow = {
    ...shared,
    scrollMargin,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
  } as const;
  const ofElement = {
    ...shared,
    getScrollElement: () => list.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
  } as const;
  const [virtualizer] = useState<Rows>(() =>
    scroller === 'window'
      ? new Virtualizer<Window, HTMLElement>(ofWindow)
      : new Virtualizer<HTMLElement, HTMLElement>(ofElement),
  );
  (virtualizer.setOptions as (options: unknown) => void)(scroller === 'window' ? ofWindow : ofElement);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    // Where the list begins on the page: what is above it may have changed its height.
    if (scroller === 'window' && list.current !== null)
      setScrollMargin(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
  });
  useLayoutEffect(() => virtualizer.measure(), [rowHeight]);
  return virtualizer;
}
