/** How answers get to stdout: as a table for people, or as JSON. */
import { printable } from '../model/printable.js';
import type { Settings } from '../settings/table.js';
import { useColor } from './color.js';
import { createReader, type Reader } from './reader.js';
import type { Streams } from './streams.js';
import { formatTable } from './table.js';

export type Printing = {
  readonly json: boolean;
  readonly streams: Streams;
  /** Of these streams; who prints much, or for long, minds that it may leave. */
  readonly reader: Reader;
  /** Whether to colour standard output. */
  readonly color: () => boolean;
  readonly table: (head: readonly string[], rows: readonly (readonly string[])[]) => Promise<void>;
  /** Lists as one JSON array. */
  readonly printJson: (value: unknown) => Promise<void>;
  /** What is no answer but ought to be known, on stderr. */
  readonly warn: (warnings: readonly string[]) => void;
};

export function createPrinting(settings: Settings): Printing {
  const reader = createReader();
  const { streams } = reader;
  const print = async (text: string): Promise<void> => {
    await streams.write('stdout', text);
    await streams.flush();
  };
  const color = (): boolean => useColor(settings.color, process.env, 1);
  return {
    json: settings.json ?? false,
    streams,
    reader,
    color,
    table: (head, rows) =>
      print(
        formatTable(head, rows, {
          color: color(),
          width: process.stdout.isTTY ? process.stdout.columns : undefined,
        }),
      ),
    printJson: (value) => print(`${JSON.stringify(value, null, 2)}\n`),
    warn: (warnings) => {
      for (const warning of warnings) streams.write('stderr', `warning: ${printable(warning)}\n`);
    },
  };
}
