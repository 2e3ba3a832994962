/** What the commands of the tree have in common. */
import { type Command, Option } from 'commander';
import { SupertaskError } from '../../errors.js';
import { SETTING_HELP } from '../../settings/help.js';
import { SETTINGS, type SettingName } from '../../settings/table.js';
import type { Exit } from '../exit.js';

/** Takes how the process ends, from a command that decides it. */
export type SetExit = (exit: Exit) => void;

export function example(text: string): string {
  return `\nExample:\n  ${text}`;
}

/** Flags of settings carry no defaults here: these would win over the environment and the files. */
export function addSettings(command: Command, names: readonly SettingName[]): void {
  for (const name of names) {
    const setting = SETTINGS[name];
    const option = new Option(setting.flag, SETTING_HELP[name]);
    if ('choices' in setting) option.choices([...setting.choices]);
    command.addOption(option);
    // Commander takes the absence of --no-watch for true.
    if (option.negate) command.setOptionValue(option.attributeName(), undefined);
  }
}

export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** For a flag of which the last value would silently win. */
export function onlyOnce(name: string, hint: string): (value: string, earlier: string | undefined) => string {
  return (value, earlier) => {
    if (earlier === undefined) return value;
    throw new SupertaskError('USAGE', `${name} is given twice: "${earlier}" and "${value}"`, { hint });
  };
}
