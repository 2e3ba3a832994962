/** `fsck` and `du`: the state of the bookkeeping, and its size. */
import { checkState, type Diagnosis } from '../../app/fsck.js';
import { printable } from '../../model/printable.js';
import { formatSize } from '../../model/size.js';
import { shortId, summarize } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { openReading } from '../reading.js';

type Flags = Readonly<Record<string, unknown>>;

export async function fsckCommand(flags: Flags): Promise<Exit> {
  const reading = await openReading(flags);
  const repair = flags['repair'] === true;
  const { findings, repairs } = await checkState(reading.store, reading.namespace, { repair });
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const exit = { code: problems === 0 ? EXIT.ok : EXIT.failed };
  if (reading.json) {
    await reading.printJson({ clean: problems === 0, findings: findings.map(record), repairs });
    return exit;
  }
  const lines = [
    ...repairs.map(({ path, what }) => `repaired: ${path}: ${what}`),
    ...findings.map((finding) => line(finding, repair)),
    problems === 0 ? 'clean' : summary(problems, repair),
  ];
  await reading.streams.write('stdout', lines.map((text) => `${printable(text)}\n`).join(''));
  await reading.streams.flush();
  return exit;
}

function line({ level, path, message, advice }: Diagnosis, repair: boolean): string {
  return `${level}: ${path}: ${message}.${advice !== undefined && (repair || level === 'note') ? ` ${advice}` : ''}`;
}

function summary(problems: number, repair: boolean): string {
  const found = `${problems} problem${problems === 1 ? '' : 's'}`;
  return repair ? `${found} left` : `${found}; supertask fsck --repair mends what can be mended`;
}

function record({ kind, level, path, count, offset, message, advice }: Diagnosis) {
  return { kind, level, path, count, offset: offset ?? null, message, advice: advice ?? null };
}

export async function duCommand(flags: Flags): Promise<void> {
  const reading = await openReading(flags);
  const usages = await reading.store.usage(reading.namespace);
  if (reading.json) return reading.printJson(usages);
  await reading.table(
    ['NAMESPACE', 'RUNS', 'JOURNALS', 'HISTORY', 'OUTPUT', 'OTHERS', 'TOTAL', 'ON DISK', 'FILES', 'SOURCE'],
    usages.map((usage) => [
      shortId(usage.namespace),
      String(usage.runs),
      ...[usage.journals, usage.history, usage.output, usage.others, usage.total].map(({ bytes }) =>
        formatSize(bytes),
      ),
      formatSize(usage.total.onDisk),
      String(usage.total.files),
      summarize(usage.source),
    ]),
  );
}
