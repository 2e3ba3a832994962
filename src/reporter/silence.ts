/** What need not be said of a run that nobody schedules: its exit code says it. */
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';

/** Whether a one-shot says nothing of an event. */
export function isSilent(event: Event): boolean {
  switch (event.type) {
    case 'run-started':
    case 'scheduler-stopping':
    case 'scheduler-stopped':
      return true;
    case 'run-finished':
      return speaksForItself(event.run);
    default:
      return false;
  }
}

/** The exit code is not that of an action. */
export function speaksForItself({ status, reason, trigger }: Run): boolean {
  if (status === 'succeeded') return true;
  return trigger !== 'action' && (reason === 'exit-code' || reason === 'signal');
}
