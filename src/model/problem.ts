/** Problems as people read them. */
import type { Problem } from '../errors.js';

/** `error: week.yaml:3:11: "sometimes" is not a schedule [SCHEDULE_INVALID]`, and a hint below. */
export function formatProblem({ location, message, code, hint }: Problem): string {
  const place = location
    ? `${[location.file, location.line, location.column, location.path].filter((part) => part !== undefined).join(':')}: `
    : '';
  return `error: ${place}${message} [${code}]${hint === undefined ? '' : `\nhint: ${hint}`}`;
}
