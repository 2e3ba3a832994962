/** Tables for people: columns without borders, as wide as the terminal. */
import Table from 'cli-table3';
import kleur from 'kleur';

const NO_BORDER = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right'].flatMap((side) =>
    side === 'mid'
      ? [
          ['mid', ''],
          ['left-mid', ''],
          ['mid-mid', ''],
          ['right-mid', ''],
        ]
      : [
          [side, ''],
          [`${side}-mid`, ''],
          [`${side}-left`, ''],
          [`${side}-right`, ''],
        ],
  ),
);

const MIN_COLUMN = 8;

/**
 * Lay rows out in columns.
 *
 * @param width - Columns of the terminal; undefined: as wide as the text needs, for pipes.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly color: boolean; readonly width: number | undefined },
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  if (options.width !== undefined) shrink(widths, options.width);
  const table = new Table({
    chars: { ...NO_BORDER, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths,
    truncate: '…',
  });
  table.push(
    head.map((title) => (options.color ? kleur.bold(title) : title)),
    ...rows.map((row) => [...row]),
  );
  const text = table.toString();
  return `${text.replace(/[ \t]+$/gm, '')}\n`;
}

/** Take from the widest column until all fit. */
function shrink(widths: number[], available: number): void {
  const room = (): number =>
    available - 2 * (widths.length - 1) - widths.reduce((sum, width) => sum + width, 0);
  while (room() < 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= MIN_COLUMN) return;
    widths[widest] = Math.max(MIN_COLUMN, (widths[widest] ?? 0) - 1);
  }
}
