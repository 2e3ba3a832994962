/** What a user is told about a text: a line per problem, or nothing. */
import { SupertaskError } from '../../src/errors.js';
import type { ParseOptions } from '../../src/formats/detect.js';
import { parseTimetable } from '../../src/formats/timetable.js';

export function told(text: string, options: string | ParseOptions = 'week.yaml'): string {
  return toldBy(() => parseTimetable(text, typeof options === 'string' ? { file: options } : options));
}

export function toldBy(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return error.problems
      .map(({ location, message, hint }) => {
        const place = [location?.file, location?.line, location?.column].filter((part) => part !== undefined);
        return `${place.join(':')}: ${message}\n  ${hint ?? '(no hint)'}`;
      })
      .join('\n');
  }
}
