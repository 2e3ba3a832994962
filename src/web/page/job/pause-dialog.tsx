/** Keep a job from being run when it is due: until when, and why. */
import { useState } from 'preact/hooks';
import { pauseJob } from '../../api/operate.js';
import type { JobRecord } from '../../api/record.js';
import { serverNow } from '../../view/clock.js';
import { Field, TextField } from '../../view/field.js';
import { formatNear } from '../../view/format.js';
import { tell } from '../../view/toast.js';
import { AskDialog } from './ask-dialog.js';

const CHOICES = [
  { value: '', text: 'until it is resumed' },
  { value: '15m', text: 'for 15 minutes' },
  { value: '1h', text: 'for 1 hour' },
  { value: '8h', text: 'for 8 hours' },
  { value: '1d', text: 'for 1 day' },
  { value: '7d', text: 'for 1 week' },
  { value: 'until', text: 'until a time …' },
] as const;

export function PauseDialog({ job, onClose }: { readonly job: JobRecord; readonly onClose: () => void }) {
  const [choice, setChoice] = useState('');
  const [until, setUntil] = useState('');
  const [note, setNote] = useState('');
  const act = async () => {
    await pauseJob(job, { ...endOf(choice, until), ...(note.trim() === '' ? {} : { note: note.trim() }) });
    tell(`Paused ${job.name ?? job.id}.`);
  };
  return (
    <AskDialog title={`Pause ${job.name ?? job.id}`} action="Pause" act={act} onClose={onClose}>
      <Field label="How long" hint="What is running goes on. It can still be triggered by hand.">
        {(attributes) => (
          <select {...attributes} value={choice} onChange={(event) => setChoice(event.currentTarget.value)}>
            {CHOICES.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      {choice === 'until' && (
        <Field
          label="Until, in your time"
          hint={until && `that is ${formatNear(Date.parse(until), serverNow())}`}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="datetime-local"
              required
              value={until}
              onInput={(event) => setUntil(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <TextField label="Note" placeholder="why, for the others" value={note} onChange={setNote} />
    </AskDialog>
  );
}

function endOf(choice: string, until: string) {
  if (choice === '') return {};
  return choice === 'until' ? { until: new Date(until).toISOString() } : { for: choice };
}
