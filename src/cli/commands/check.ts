/** `check`: what is wrong with timetables, as a compiler would tell it. */
import { type Checked, checkTimetables } from '../../app/check/check.js';
import { checkedRecord } from '../../app/check/record.js';
import { SupertaskError } from '../../errors.js';
import { loadSettings } from '../../settings/load.js';
import type { Settings } from '../../settings/table.js';
import { findTimetable } from '../../settings/timetable.js';
import { useColor } from '../color.js';
import { EXIT, type Exit } from '../exit.js';
import { formatFinding } from '../finding.js';
import { pickSettings } from '../flags.js';
import { createPrinting } from '../printing.js';
import { zoneOf } from '../time-flags.js';
import { readAll } from './next.js';

type Flags = {
  readonly strict?: boolean;
  readonly static?: boolean;
  readonly envFile?: readonly string[];
};

export async function checkCommand(
  paths: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<Exit> {
  const flags: Flags = given;
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(given), process.env, cwd);
  const checked = await checkTimetables({
    paths: paths.length > 0 ? paths : [await chooseFile(cwd)],
    cwd,
    tz: zoneOf(settings),
    now: new Date(),
    env: settings.docker === undefined ? process.env : { ...process.env, SUPERTASK_DOCKER: settings.docker },
    envFiles: flags.envFile ?? [],
    isStatic: flags.static ?? false,
    readInput: readAll,
  });
  const counted = checked.findings.filter(
    ({ severity }) => severity === 'error' || (flags.strict && severity === 'warning'),
  );
  await print(checked, counted.length === 0, settings, cwd);
  return { code: counted.length === 0 ? EXIT.ok : EXIT.failed };
}

async function chooseFile(cwd: string): Promise<string> {
  const found = await findTimetable(cwd);
  if (found !== undefined) return found;
  throw new SupertaskError(
    'USAGE',
    `there is nothing to check: no file, and no supertask.yaml in ${cwd} or above`,
    { hint: 'Name a file or a directory, or make one: supertask init' },
  );
}

async function print(checked: Checked, isClean: boolean, settings: Settings, cwd: string): Promise<void> {
  const printing = createPrinting(settings);
  if (printing.json) return printing.printJson(checkedRecord(checked, isClean, cwd));
  const options = {
    cwd,
    color: useColor(settings.color, process.env, 1),
    width: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
  const texts = checked.findings.map((each) => `${formatFinding(each, options)}\n\n`);
  const tail = settings.quiet ? '' : `${summary(checked)}\n`;
  await printing.streams.write('stdout', texts.join('') + tail);
  await printing.streams.flush();
}

function summary({ files, taskCount, findings }: Checked): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [plural(count, severity)];
  });
  const where = `${plural(taskCount, 'task')} in ${plural(files.length, 'file')}`;
  return counts.length === 0 ? `clean: ${where}` : `${counts.join(', ')}; ${where}`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
