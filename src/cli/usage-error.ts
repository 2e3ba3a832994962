/** What is said of a command line that is wrong. */
import { SupertaskError } from '../errors.js';

export function usageError(message: string, hint: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint });
}
