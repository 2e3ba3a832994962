/** `next`: when things are due, for people and, many at once, for programs. */
import { type Forecast, type Forecasts, forecast } from '../../app/next.js';
import { answerBatch, MAX_COUNT } from '../../app/next-batch.js';
import { SupertaskError } from '../../errors.js';
import { printable } from '../../model/printable.js';
import { loadSettings } from '../../settings/load.js';
import { pickSettings } from '../flags.js';
import { createPrinting, type Printing } from '../printing.js';
import { createReader } from '../reader.js';
import { openReading } from '../reading.js';
import { parseCountFlag, parseInstantFlag, zoneOf } from '../time-flags.js';
import { formatRelative, formatZoned } from '../zoned.js';

type Flags = Readonly<Record<string, unknown>>;

/** Of one schedule or job; of the jobs of a file, one each would hide little and say much. */
const DEFAULT_COUNT = { expr: 5, job: 5, file: 1 } as const;

export async function nextCommand(words: readonly string[], flags: Flags): Promise<void> {
  const settings = await loadSettings(pickSettings(flags), process.env, process.cwd());
  const tz = zoneOf(settings);
  const from = parseInstantFlag('--from', flags['from'], tz) ?? new Date();
  const count = parseCountFlag('--count', flags['count'], MAX_COUNT);
  if (flags['batch']) {
    if (words.length > 0) throw usage('--batch reads its schedules from standard input', 'Name none.');
    return answerInput({ tz, from, count: count ?? 1 });
  }
  if (words.length === 0) {
    throw usage('there is nothing to look at', "Try: supertask next '*/5 * * * *', or a file, or a job.");
  }
  const found = await forecast(words.join(' '), {
    tz,
    from,
    count: (kind) => count ?? DEFAULT_COUNT[kind],
    cwd: process.cwd(),
    openJobs: () => openReading(flags),
    readInput: readAll,
  });
  await print(found, from, createPrinting(settings));
}

async function print(found: Forecasts, from: Date, printing: Printing): Promise<void> {
  printing.warn(found.warnings.map(printable));
  const [only] = found.forecasts;
  if (printing.json) {
    const records = found.forecasts.map(forecastRecord);
    return printing.printJson(found.kind === 'file' ? records : records[0]);
  }
  if (found.kind === 'file') return printing.table(['JOB', 'NEXT', 'IN', 'ZONE'], fileRows(found, from));
  if (only === undefined) return;
  if (only.next.length === 0) {
    printing.warn([
      `nothing is due after ${formatZoned(from, only.tz)}${only.note ? ` (${only.note})` : ''}`,
    ]);
    return;
  }
  await printing.table(
    [`NEXT (${only.tz})`, 'IN', 'UTC'],
    only.next.map((at) => [formatZoned(at, only.tz), formatRelative(at, from), at.toISOString()]),
  );
}

/** In the order of time; jobs without an instant come last. */
function fileRows(found: Forecasts, from: Date): readonly (readonly string[])[] {
  const due = found.forecasts.flatMap((each) => each.next.map((at) => ({ at, ...each })));
  const idle = found.forecasts.filter(({ next }) => next.length === 0);
  return [
    ...due
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .map(({ at, subject, tz }) => [subject.text, formatZoned(at, tz), formatRelative(at, from), tz]),
    ...idle.map(({ subject, tz, note }) => [subject.text, note ?? 'never', '', tz]),
  ];
}

function forecastRecord({ subject, tz, next }: Forecast): Record<string, unknown> {
  return { [subject.kind]: subject.text, tz, next: next.map((at) => at.toISOString()) };
}

async function answerInput(defaults: Parameters<typeof answerBatch>[1]): Promise<void> {
  const { streams, hasLeft } = createReader();
  process.stdin.setEncoding('utf8');
  for await (const answers of answerBatch(process.stdin as AsyncIterable<string>, defaults)) {
    await streams.write('stdout', answers);
    if (hasLeft()) break;
  }
  await streams.flush();
}

export async function readAll(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

function usage(message: string, hint: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint });
}
