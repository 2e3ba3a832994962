/** A timetable to start from. */
import { statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SupertaskError, systemCode } from '../errors.js';
import { quoteWord } from '../model/target.js';
import { TIMETABLE_SCHEMA_PATH } from './schema.js';

const DEFAULT_NAME = 'supertask.yaml';

/**
 * Write the starter to a file, or into a directory.
 *
 * @returns Where it is, absolute.
 * @throws {SupertaskError} `FILE_EXISTS` unless `force`; `FILE_NOT_FOUND`, `FILE_UNWRITABLE`; `USAGE` for a file that
 *   would not be YAML.
 */
export function writeStarter(
  file: string | undefined,
  cwd: string,
  { force }: { readonly force: boolean },
): string {
  const named = resolve(cwd, file ?? DEFAULT_NAME);
  const path = statSync(named, { throwIfNoEntry: false })?.isDirectory() ? join(named, DEFAULT_NAME) : named;
  const other = /\.(?!ya?ml$)[A-Za-z]+$/.exec(path)?.[0];
  if (other !== undefined) {
    throw new SupertaskError('USAGE', `init writes YAML, and ${path} ends in ${other}`, {
      hint: 'Name a file that ends in .yaml.',
    });
  }
  try {
    // Exclusive: neither a file nor a link that is there is touched.
    writeFileSync(path, starterText(dirname(path)), { flag: force ? 'w' : 'wx' });
    return path;
  } catch (error) {
    throw explain(error, path);
  }
}

/** @param directory - Where it will lie, absolute: how its editor hint names the schema depends on it. */
export function starterText(directory: string): string {
  return STARTER.replace('SCHEMA', schemaFrom(directory));
}

/** Relative where the schema is part of the same project, so that the line holds for everybody who has a copy. */
function schemaFrom(directory: string): string {
  const [root] = TIMETABLE_SCHEMA_PATH.split(`${sep}node_modules${sep}`);
  const isNear = TIMETABLE_SCHEMA_PATH !== root && `${directory}${sep}`.startsWith(`${root}${sep}`);
  const path = isNear ? relative(directory, TIMETABLE_SCHEMA_PATH) : TIMETABLE_SCHEMA_PATH;
  return /\s/.test(path) ? pathToFileURL(TIMETABLE_SCHEMA_PATH).href : path;
}

function explain(error: unknown, path: string): SupertaskError {
  const code = systemCode(error);
  if (code === 'EEXIST') {
    const hint = 'Name another one, or replace it: --force';
    return new SupertaskError('FILE_EXISTS', `${path} is there already`, { hint, cause: error });
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const hint = `Make it: mkdir -p ${quoteWord(dirname(path))}`;
    return new SupertaskError('FILE_NOT_FOUND', `there is no directory ${dirname(path)}`, {
      hint,
      cause: error,
    });
  }
  return new SupertaskError('FILE_UNWRITABLE', `${path} cannot be written: ${code ?? String(error)}`, {
    hint: 'Check the permissions of the directory, or name another one.',
    cause: error,
  });
}

const STARTER = `# yaml-language-server: $schema=SCHEMA
#
# A timetable: what is run, and when. In this directory or below:
#
#   supertask run          start it; Ctrl-C ends it
#   supertask check        what is wrong with it
#   supertask next FILE    when everything is due
#   supertask list-jobs    how it went; logs JOB shows what the last run printed

# What holds for every task that says nothing else. Without tz, the zone of the system counts.
# defaults:
#   tz: Europe/Berlin
#   timeout: 10m                   # a run that takes longer is stopped

tasks:
  hello:                           # the id: letters, digits, ".", "_" and "-"
    when: every 10s                # or: daily at 09:30, mon-fri at 18:00, "*/5 * * * *", "@hourly"
    run: echo "hello from $SUPERTASK_JOB, due $SUPERTASK_SCHEDULED_AT"

  report:
    name: Daily report             # for people
    when: daily at 09:30
    run:                           # steps; the first that fails ends the run
      - echo "collecting"
      - {exec: [printf, 'as given: %s\\n', 'a b', '$HOME']}    # a program, without a shell
    env: {REPORT_NAME: daily}      # over the environment that supertask was started with
    overlap: skip                  # due while the last run is going: skip, queue, parallel or replace
    missed: latest                 # passed while nothing could run: skip, latest or all …
    deadline: 6h                   # … unless it is later than this

  clean-up:                        # without a schedule: there to be called by hand
    enabled: false
    run: rm -rf ./tmp/old
`;
