/** The flags of `run`, each once: the command tree with its help is made from them, and the quick reading of a line. */
import type { SettingName } from '../settings/table.js';

export type RunOption = {
  /** As commander takes it: `-w, --when <schedule>`. */
  readonly flag: string;
  readonly help: string;
  /** May be given several times: the values are a list. */
  readonly isRepeatable?: boolean;
  /** May be given once: of several, all but the last would be lost. The hint says what to do instead. */
  readonly onceOnly?: string;
};

export const RUN_OPTIONS: readonly RunOption[] = [
  {
    flag: '-w, --when <schedule>',
    help: 'once, "every 10s", "*/5 * * * *", @daily, "in 10m", "daily at 09:30" …',
    onceOnly: 'Several schedules go into a timetable: when: [every 10m, daily at 18:00].',
  },
  {
    flag: '-c, --command <target>',
    help: 'the target as one text',
    onceOnly: 'Several go into one shell line, or into a timetable: run: [FIRST, SECOND].',
  },
  {
    flag: '-f, --file <file>',
    help: 'a timetable (YAML, JSON), a directory of them, a Python, JavaScript or TypeScript file, a URL, or - ',
    onceOnly: 'Put them into one directory, and name that.',
  },
  {
    flag: '--api-jobs',
    help: 'no tasks but those that are made through the API: runs until it is stopped',
  },
  { flag: '--exec', help: 'run the words as a program, without a shell' },
  { flag: '--name <name>', help: 'a name for people; the job id is made from it' },
  {
    flag: '-e, --env <NAME=value>',
    help: 'set for the task only; repeatable. --env=minimal: inherit no more than cron gives',
    isRepeatable: true,
  },
  { flag: '--env-file <file>', help: 'NAME=value lines; repeatable', isRepeatable: true },
  {
    flag: '--secret <NAME>',
    help: 'a variable whose value is hidden wherever it would be kept or shown; repeatable',
    isRepeatable: true,
  },
  {
    flag: '--arg <NAME=value>',
    help: 'an argument for the tasks of a file that have such a parameter; repeatable',
    isRepeatable: true,
  },
  { flag: '--cwd <dir>', help: 'where the task runs' },
  {
    flag: '--overlap <policy>',
    help: 'when due while the last run is going: skip (default), queue, parallel, replace',
  },
  {
    flag: '--missed <policy>',
    help: 'instants that passed while nothing could run: skip, latest (default), all',
  },
  {
    flag: '--deadline <duration>',
    help: 'how late a missed instant may still be run, or none (default: 1h)',
  },
  { flag: '--persistent', help: 'catch up however late: the same as --deadline=none' },
  { flag: '--retry <n>', help: 'a run that fails is tried again, up to so often in all (default: once)' },
  {
    flag: '--retry-delay <duration>',
    help: 'before the second attempt; doubled for each further one, up to 10m (default: 1s)',
  },
  { flag: '--retry-backoff <how>', help: 'exponential (default) or fixed: all delays alike' },
  {
    flag: '--retry-on <ends>',
    help: 'only after these: exit codes, exit-code, signal, SIGSEGV, timeout, expectation, spawn, lost; repeatable',
    isRepeatable: true,
  },
  { flag: '--detach', help: 'go on in the background: tell the run or the namespace, and come back' },
  { flag: '--now', help: 'run once at the start, too' },
  { flag: '--times <n>', help: 'end after so many runs' },
  { flag: '--for <duration>', help: 'end after so long' },
  {
    flag: '--until <what>',
    help: 'end at the first success or failure (then the exit code says whether), or at an instant',
  },
  { flag: '--stop-on-failure <n>', help: 'end after so many failures in a row' },
  { flag: '--standby', help: 'while another scheduler has this source: wait, and take over when it ends' },
  { flag: '--join', help: 'while another scheduler has this source: run beside it; each instant fires once' },
];

/** The settings that are flags of `run`, too. */
export const RUN_SETTINGS: readonly SettingName[] = [
  'ns',
  'tz',
  'timeout',
  'onStop',
  'maxRunning',
  'watch',
  'poll',
  'mask',
  'docker',
  'http',
  'tlsCert',
  'tlsKey',
  'insecure',
  'allowHost',
  'trustProxy',
  'basePath',
  'apiAllowEnv',
  'apiAllowCwd',
  'hostId',
  'stateDir',
  'json',
  'output',
  'timestamps',
  'statusLine',
  'quiet',
  'color',
];
