/** `init`: a timetable to start from. */
import { displayPath } from '../../app/check/record.js';
import { starterText, writeStarter } from '../../app/init.js';
import { printable } from '../../model/printable.js';
import { quoteWord } from '../../model/target.js';
import { createStreams } from '../streams.js';

export async function initCommand(
  file: string | undefined,
  flags: { readonly force?: boolean },
): Promise<void> {
  const cwd = process.cwd();
  const streams = createStreams();
  if (file === '-') {
    await streams.write('stdout', starterText(cwd));
  } else {
    const path = displayPath(writeStarter(file, cwd, { force: flags.force ?? false }), cwd);
    streams.write(
      'stderr',
      `wrote ${printable(path)}; try: supertask run${isFound(path) ? '' : ` --file ${printable(quoteWord(path))}`}\n`,
    );
  }
  await streams.flush();
}

/** Whether `run` finds a file by itself. */
function isFound(path: string): boolean {
  return path === 'supertask.yaml' || path === 'supertask.yml';
}
