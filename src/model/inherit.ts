/** How much of supertask's own environment a task's runs inherit. */
import { SupertaskError } from '../errors.js';

/** `minimal`: what cron gives to a command; names: these as well. */
export type Inherit = 'all' | 'minimal' | readonly string[];

export const INHERIT_WORDS = ['all', 'minimal'] as const satisfies Inherit[];

/** @throws {SupertaskError} `SETTING_INVALID` */
export function parseInherit(text: string): 'all' | 'minimal' {
  const word = INHERIT_WORDS.find((known) => known === text);
  if (word !== undefined) return word;
  throw new SupertaskError(
    'SETTING_INVALID',
    `"${text}" is not a word for what of the environment is inherited`,
    {
      hint: 'Use all, minimal, or a list of names, such as [PATH, LANG].',
    },
  );
}
