/** What commander finds wrong with a command line, as an error like any other. */
import type { Command, CommanderError } from 'commander';
import type { SupertaskError } from '../errors.js';
import { suggest } from '../model/suggest.js';
import { usageError } from './usage-error.js';

/** Where a flag may have been meant for something else. */
const OTHER_FLAGS: Readonly<Record<string, string>> = {
  supertask: ' Those of a command go after its name: supertask run --quiet -- PROGRAM',
  run: ' Flags of the command to be run go after --: supertask run -- ls -l',
};

const NOT_AMONG =
  /(?:option '(?<flags>[^']*)' argument '(?<ofFlag>.*)' is invalid|value '(?<ofWord>.*)' is invalid for argument '(?<word>[^']*)')\. Allowed choices are (?<choices>.*)\.$/s;

type Found = Pick<CommanderError, 'code' | 'message'>;

/** @param command - The one that the line is for. */
export function misuseOf({ code, message }: Found, command: Command): SupertaskError {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownOption':
      return unknownFlag(quoted.replace(/=.*/s, ''), command);
    case 'commander.missingArgument':
      return usageError(`${nameOf(command)} needs <${quoted}>`, usageOf(command));
    case 'commander.excessArguments':
      return tooMany(command);
    case 'commander.optionMissingArgument':
      return usageError(`${longOf(quoted)} lacks its ${/<.*>/.exec(quoted)?.[0]}`, helpOf(command));
    case 'commander.invalidArgument':
      return notAmong(message);
  }
  return usageError(message.replace(/^error: /, ''), helpOf(command));
}

/** Without what follows `=`, which may be secret. */
function unknownFlag(flag: string, command: Command): SupertaskError {
  const known = command.createHelp().visibleOptions(command);
  const near = flag.startsWith('--')
    ? suggest(
        flag.slice(2),
        known.flatMap(({ long }) => long?.slice(2) ?? []),
      )
    : undefined;
  const help = near === undefined ? helpOf(command) : `Did you mean --${near}?`;
  const other = OTHER_FLAGS[command.name()] ?? '';
  return usageError(`${nameOf(command)} has no flag ${flag}`, `${help}${other}`);
}

function tooMany(command: Command): SupertaskError {
  const word = command.args[command.registeredArguments.length];
  return usageError(
    `${nameOf(command)} does not take ${JSON.stringify(word)}, which is one word too many`,
    usageOf(command),
  );
}

function notAmong(message: string): SupertaskError {
  const { flags, word, ofFlag, ofWord, choices = '' } = NOT_AMONG.exec(message)?.groups ?? {};
  const place = flags === undefined ? `<${word}>` : longOf(flags);
  const value = ofFlag ?? ofWord ?? '';
  const near = suggest(value, choices.split(', '));
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return usageError(`${place} is ${JSON.stringify(value)}`, `${meant}Use one of: ${choices}.`);
}

/** `--when` of `-w, --when <schedule>`. */
function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function usageOf(command: Command): string {
  return `Write: ${nameOf(command)} ${command.usage()}; ${nameOf(command)} --help tells more.`;
}

function helpOf(command: Command): string {
  return `${nameOf(command)} --help shows the flags.`;
}
