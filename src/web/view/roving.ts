/**
 * Arrow keys among the marks of a drawing, of which one alone is come to by Tab: left and right along a row, up and
 * down to what is nearest in another one. Marks have `data-row` and `data-at`, a number along the row.
 */

/** For parts of a drawing that are no marks: they are not read out. */
export const DRAWN = { 'aria-hidden': true } as const;

/** For `onKeyDown` of what holds the marks. */
export function rove(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const holder = event.currentTarget as Element;
  const from = (event.target as Element).closest('[data-row]');
  if (from === null) return;
  const marks = [...holder.querySelectorAll('[data-row]')].map(placeOf);
  const target = targetOf(event.key, placeOf(from), marks);
  if (target === undefined) return;
  event.preventDefault();
  from.setAttribute('tabindex', '-1');
  target.element.setAttribute('tabindex', '0');
  (target.element as SVGElement | HTMLElement).focus();
}

type Place = { readonly element: Element; readonly row: number; readonly at: number };

function placeOf(element: Element): Place {
  return {
    element,
    row: Number(element.getAttribute('data-row')),
    at: Number(element.getAttribute('data-at')),
  };
}

function targetOf(key: string, from: Place, marks: readonly Place[]): Place | undefined {
  const row = marks.filter((each) => each.row === from.row).sort((a, b) => a.at - b.at);
  if (key === 'ArrowRight') return row[row.findIndex(({ element }) => element === from.element) + 1];
  if (key === 'ArrowLeft') return row[row.findIndex(({ element }) => element === from.element) - 1];
  if (key === 'Home') return row[0];
  if (key === 'End') return row.at(-1);
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  const step = key === 'ArrowDown' ? 1 : -1;
  const beyond = marks.map((each) => each.row).filter((each) => (each - from.row) * step > 0);
  const next = step > 0 ? Math.min(...beyond) : Math.max(...beyond);
  return marks
    .filter((each) => each.row === next)
    .sort((a, b) => Math.abs(a.at - from.at) - Math.abs(b.at - from.at))[0];
}
