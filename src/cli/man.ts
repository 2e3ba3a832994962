/** The manual page, from the command tree and the table of settings. Pure. */
import type { Command } from 'commander';
import { SETTING_HELP } from '../settings/help.js';
import { SETTINGS, type SettingName } from '../settings/table.js';

/** The page in man(7), for `man supertask`. */
export function manPage(program: Command, version: string): string {
  const help = program.createHelp();
  return [
    '.\\" Made from the command tree by the build.',
    `.TH SUPERTASK 1 "" "supertask ${version}" "User Commands"`,
    '.SH NAME',
    `supertask \\- ${roff(program.description().replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B supertask',
    '.I COMMAND',
    '[\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]',
    '.SH DESCRIPTION',
    roff(INTRODUCTION),
    ...afterHelp(program),
    '.SH COMMANDS',
    ...help
      .visibleCommands(program)
      .filter((command) => program.commands.includes(command))
      .flatMap((command) => commandSection(command)),
    '.SH ENVIRONMENT',
    'Flags win over these variables, these over settings files.',
    ...settingItems(),
    '.SH FILES',
    ...FILES.flatMap(([path, words]) => item(`\\fI${roff(path)}\\fR`, words)),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.flatMap(([code, words]) => item(roff(code), words)),
    '',
  ].join('\n');
}

const INTRODUCTION =
  'Runs commands, scripts and containers once or on a schedule, in the foreground, and remembers what ran, what did ' +
  'not, and why. Without arguments it prints its help. Ids may be given by any unique prefix.';

const FILES: readonly (readonly [string, string])[] = [
  ['supertask.yaml', 'the timetable of a directory and those below it (also .yml, .json)'],
  ['.supertaskrc.yaml', 'settings of a project (also .yml, .json)'],
  ['$XDG_CONFIG_HOME/supertask/config.yaml', 'settings of the user'],
  ['$XDG_STATE_HOME/supertask', 'the bookkeeping'],
  ['$XDG_RUNTIME_DIR/supertask', 'control sockets of schedulers that are running'],
];

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['of a single run', 'that of what was run; its death by a signal is repeated or is 128 + n'],
  ['0', 'done; a schedule was ended by SIGTERM'],
  ['1', 'something was found, or a run failed'],
  ['2', 'wrong usage, or a file that cannot be read'],
  ['75', 'it is running already'],
  ['124', 'it took too long'],
  ['125', 'supertask itself failed'],
  ['126, 127', 'a program cannot be executed, or was not found'],
  ['130', 'ended by Ctrl-C'],
];

function settingItems(): string[] {
  const names = Object.keys(SETTINGS) as SettingName[];
  return names.flatMap((name) => item(`\\fB${roff(SETTINGS[name].env)}\\fR`, SETTING_HELP[name]));
}

function commandSection(command: Command): string[] {
  const help = command.createHelp();
  const names = [command.name(), ...command.aliases()].join(', ');
  return [
    `.SS "${roff(names)}"`,
    `\\fBsupertask ${roff(command.name())}\\fR ${roff(command.usage())}`,
    paragraph(command.description()),
    ...help
      .visibleArguments(command)
      .flatMap((argument) => item(`\\fI${roff(argument.name())}\\fR`, help.argumentDescription(argument))),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .flatMap((option) => item(`\\fB${roff(option.flags)}\\fR`, help.optionDescription(option))),
    ...afterHelp(command),
  ];
}

/** What the help says below its lists: targets, examples, exit codes. Its lines stay as they are. */
function afterHelp(command: Command): string[] {
  const written: string[] = [];
  command.configureOutput({ writeOut: (words) => written.push(words) });
  command.outputHelp();
  const text = written.join('').slice(command.helpInformation().length).trim();
  if (text === '') return [];
  const lines = text.split('\n');
  return ['.PP', '.nf', ...lines.map((line) => roff(line)), '.fi'];
}

function item(tag: string, words: string): string[] {
  return ['.TP', tag, roff(words.trim())];
}

function paragraph(words: string): string {
  return `.PP\n${roff(words)}`;
}

/** What troff would take for its own: backslashes, hyphens (else soft), a dot or quote at the start of a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('`', '\\(ga')
    .replaceAll('…', '...')
    .replace(/^\./gm, '\\&.');
}
