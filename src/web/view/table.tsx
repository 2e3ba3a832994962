/**
 * A table of any length: rows outside the screen are not rendered, the arrow keys go from row to row, and on a phone a
 * row is what `narrow` makes of it.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useMedia } from './media.js';
import { useVirtual } from './virtual.js';

export type Column<Row> = {
  readonly key: string;
  readonly title: ComponentChildren;
  /** A track of a CSS grid: `8rem`, `minmax(12rem, 2fr)`. */
  readonly width: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly align?: 'end';
};

export type TableProps<Row> = {
  /** What the rows are, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Where a row leads to, by Enter and a click beside its links. */
  readonly hrefOf: (row: Row) => string;
  /** A row on a phone. */
  readonly narrow: (row: Row) => ComponentChildren;
  /** How many rows there are altogether, where not all have been asked for. */
  readonly total?: number;
  /** The end is near: ask for more. */
  readonly onEnd?: () => void;
  /** Of a row, in px; default 40. */
  readonly rowHeight?: number;
};

const ROW_HEIGHT = 40;
const NARROW_ROW_HEIGHT = 72;
const NEAR_END = 20;

export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, keyOf, hrefOf, narrow, total, onEnd } = props;
  const wideRowHeight = props.rowHeight ?? ROW_HEIGHT;
  const list = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia('(max-width: 719px)');
  const rowHeight = isNarrow ? NARROW_ROW_HEIGHT : wideRowHeight;
  const virtual = useVirtual({ count: rows.length, rowHeight, list, scroller: 'window' });
  const current = useSignal(0);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_END) onEnd?.();
  }, [last, rows.length]);

  const focusRow = (index: number) => {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    current.value = target;
    virtual.scrollToIndex(target);
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-index="${target}"]`)?.focus({ preventScroll: true }),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = Number((event.target as HTMLElement).dataset['index'] ?? Number.NaN);
    if (Number.isNaN(at) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      const row = rows[at];
      if (row !== undefined) location.hash = hrefOf(row);
      return;
    }
    const to = targetOf(event.key, at, rows.length);
    if (to === undefined) return;
    event.preventDefault();
    focusRow(to);
  };
  const template = { gridTemplateColumns: isNarrow ? '1fr' : columns.map(({ width }) => width).join(' ') };

  return (
    <div class="table" role="table" aria-label={label} aria-rowcount={(total ?? rows.length) + 1}>
      <div
        class={isNarrow ? 'table-head hidden' : 'table-head'}
        role="row"
        aria-rowindex={1}
        style={template}
      >
        {columns.map(({ key, title, align }) => (
          <div key={key} role="columnheader" class={align === 'end' ? 'end' : ''}>
            {title}
          </div>
        ))}
      </div>
      <div
        ref={list}
        role="rowgroup"
        class="table-body"
        style={{ height: `${virtual.getTotalSize()}px` }}
        onKeyDown={onKeyDown}
      >
        {shown.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: onKeyDown above.
            <div
              key={keyOf(row)}
              role="row"
              aria-rowindex={index + 2}
              data-index={index}
              tabIndex={index === Math.min(current.value, rows.length - 1) ? 0 : -1}
              class="table-row"
              style={{
                ...template,
                height: `${rowHeight}px`,
                transform: `translateY(${start - (virtual.options.scrollMargin ?? 0)}px)`,
              }}
              onFocus={() => {
                current.value = index;
              }}
              onClick={(event) => follow(event, hrefOf(row))}
            >
              {isNarrow ? (
                <div role="cell" class="narrow">
                  {narrow(row)}
                </div>
              ) : (
                columns.map(({ key, cell, align }) => (
                  <div key={key} role="cell" class={align === 'end' ? 'end' : ''}>
                    {cell(row)}
                  </div>
                ))
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Where a key leads to from a row; undefined: it is none of the table's. */
function targetOf(key: string, at: number, count: number): number | undefined {
  const page = Math.max(1, Math.floor(window.innerHeight / ROW_HEIGHT) - 3);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  return Object.hasOwn(targets, key) ? targets[key] : undefined;
}

/** A click on a row, unless it is on something in it, or marks text. */
function follow(event: MouseEvent, target: string): void {
  const on = event.target as Element;
  if (on.closest('a, button, input, label') !== null || getSelection()?.isCollapsed === false) return;
  location.hash = target;
}
