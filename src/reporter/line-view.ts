/** Shows the output of runs in whole lines: each with what stands before it, or all of a run together. */
import kleur from 'kleur';
import type { Stream } from '../model/event.js';
import { stableHash } from '../model/hash.js';
import { printable, printableOutput } from '../model/printable.js';
import type { Run } from '../model/run.js';
import type { OutputView, OutputViewOptions } from './output-view.js';

/** A longer line is shown in parts. */
const MAX_LINE = 64 * 1024;
/** So much of a run is held until it ends; of longer output, what came so far is shown. */
const MAX_HELD = 1024 * 1024;

export function createLineView(options: OutputViewOptions): OutputView {
  const { mode, write } = options;
  const groups = mode === 'group' ? createGroups(options) : undefined;
  const lines = createLineBuffers();
  const show = (run: Run, stream: Stream, whole: readonly Buffer[], at: Date): Promise<void> | undefined => {
    if (whole.length === 0) return undefined;
    const head = Buffer.from(headOf(run, at, options));
    const text = Buffer.concat(whole.flatMap((line) => [head, lineOf(line, stream, options)]));
    return groups === undefined ? write(stream, text) : groups.add(run, stream, text);
  };
  return {
    add: (run, stream, chunk, at) => show(run, stream, lines.add(run.id, stream, chunk), at),
    end(run, at) {
      for (const [stream, rest] of lines.end(run.id)) void show(run, stream, [rest], at);
      groups?.end(run);
    },
  };
}

/** What stands before a line: the time, the job in a colour of its own, or both. */
function headOf(run: Run, at: Date, { mode, timestamps, color }: OutputViewOptions): string {
  const time = timestamps ? clockTime(at) : '';
  if (mode !== 'prefixed') return time === '' ? '' : `${time} `;
  const prefix = `${printable(run.job)}${time === '' ? '' : ` ${time}`} |`;
  return `${color ? colorOf(run.job)(prefix) : prefix} `;
}

/** The line and its end; on a terminal without what could take the screen over, and with its colours closed. */
function lineOf(line: Buffer, stream: Stream, { isTerminal }: OutputViewOptions): Buffer {
  if (!isTerminal(stream)) return Buffer.concat([line, NEWLINE]);
  const text = printableOutput(line.toString('utf8'));
  return Buffer.from(`${text}${text.includes('\u001b[') ? '\u001b[0m' : ''}\n`);
}

const NEWLINE = Buffer.from('\n');

const PALETTE = ['cyan', 'green', 'yellow', 'blue', 'magenta'] as const;

/** The same job has the same colour, today and tomorrow, here and elsewhere. */
function colorOf(job: string): (text: string) => string {
  const color = PALETTE[stableHash(job) % PALETTE.length] ?? 'cyan';
  return (text) => kleur[color](text);
}

/** Local time of day to the millisecond. */
function clockTime(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** Lines of each run until it ends, both streams in the order in which they came. */
function createGroups({ color, write }: OutputViewOptions): {
  add(run: Run, stream: Stream, line: Buffer): Promise<void> | undefined;
  end(run: Run): Promise<void> | undefined;
} {
  type Group = { lines: [Stream, Buffer][]; bytes: number };
  const held = new Map<string, Group>();
  const release = (run: Run, group: Group): Promise<void> | undefined => {
    const title = `── ${printable(run.job)} (run ${run.id.slice(0, 18)})`;
    let patience = write('stderr', `${color ? colorOf(run.job)(title) : title}\n`);
    for (const [stream, bytes] of joined(group.lines)) patience = write(stream, bytes) ?? patience;
    return patience;
  };
  return {
    add(run, stream, line) {
      const group = held.get(run.id) ?? { lines: [], bytes: 0 };
      held.set(run.id, group);
      group.lines.push([stream, line]);
      group.bytes += line.length;
      if (group.bytes < MAX_HELD) return undefined;
      held.delete(run.id);
      return release(run, group);
    },
    end(run) {
      const group = held.get(run.id);
      held.delete(run.id);
      return group && release(run, group);
    },
  };
}

/** Lines of one stream that follow each other, as one piece. */
function joined(lines: readonly [Stream, Buffer][]): readonly [Stream, Buffer][] {
  const pieces: [Stream, Buffer[]][] = [];
  for (const [stream, line] of lines) {
    const last = pieces.at(-1);
    if (last?.[0] === stream) last[1].push(line);
    else pieces.push([stream, [line]]);
  }
  return pieces.map(([stream, parts]) => [stream, Buffer.concat(parts)]);
}

/** Whole lines, so that none is mixed with another's. */
function createLineBuffers(): {
  add(runId: string, stream: Stream, chunk: Uint8Array): readonly Buffer[];
  end(runId: string): readonly [Stream, Buffer][];
} {
  const rests = new Map<string, Buffer>();
  return {
    add(runId, stream, chunk) {
      const key = `${runId} ${stream}`;
      const all = Buffer.concat([rests.get(key) ?? Buffer.alloc(0), chunk]);
      const lines: Buffer[] = [];
      let from = 0;
      for (let to = all.indexOf(0x0a); to >= 0; to = all.indexOf(0x0a, from)) {
        lines.push(all.subarray(from, to));
        from = to + 1;
      }
      for (; all.length - from >= MAX_LINE; from += MAX_LINE) lines.push(all.subarray(from, from + MAX_LINE));
      rests.set(key, all.subarray(from));
      return lines;
    },
    end(runId) {
      return (['stdout', 'stderr'] as const).flatMap((stream): [Stream, Buffer][] => {
        const rest = rests.get(`${runId} ${stream}`);
        rests.delete(`${runId} ${stream}`);
        return rest === undefined || rest.length === 0 ? [] : [[stream, rest]];
      });
    },
  };
}
