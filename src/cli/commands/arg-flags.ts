/** `--arg NAME=value`, as values. */
import { usageError } from '../usage-error.js';

/** The last of a name counts. */
export function parseArgs(given: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw usageError(`--arg ${JSON.stringify(text)} is not NAME=value`, 'Write --arg region=eu.');
    }),
  );
}
