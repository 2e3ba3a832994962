/** Dialogs of what is done with a job; one at a time, wherever on the page it was asked for. */
import { signal } from '@preact/signals';
import type { JobRecord } from '../../api/record.js';
import { PauseDialog } from './pause-dialog.js';
import { TriggerDialog } from './trigger-dialog.js';

type Asked = { readonly kind: 'trigger' | 'pause'; readonly job: JobRecord };

const asked = signal<Asked | undefined>(undefined);

export function askFor(kind: Asked['kind'], job: JobRecord): void {
  asked.value = { kind, job };
}

/** Where they appear; once on a page. */
export function JobDialogs() {
  if (asked.value === undefined) return null;
  const { kind, job } = asked.value;
  const close = () => {
    asked.value = undefined;
  };
  if (kind === 'pause') return <PauseDialog job={job} onClose={close} />;
  return <TriggerDialog job={job} onClose={close} />;
}
