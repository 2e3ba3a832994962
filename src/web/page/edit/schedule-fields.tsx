/** When a job is due: as text, with what that means and the next instants as one types. */

import { useAnswer } from '../../api/question.js';
import type { Explained } from '../../api/record.js';
import { clockIn } from '../../view/due.js';
import { TextField } from '../../view/field.js';
import { formatClock, formatDay } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { Relative } from '../../view/time.js';
import type { Fields } from './draft.js';
import { type ScheduleForm, schedulesOf, textIn, withSchedules } from './task.js';

const ASK_AFTER_MS = 250;
const SHOWN = 5;
const SUGGESTIONS = [
  'every 10m',
  'every 1h',
  'daily at 02:30',
  'mon-fri at 18:00',
  'sun at 04:00',
  '*/15 * * * *',
  '0 6 1 * *',
  '@hourly',
];
const ZONES: readonly string[] = Intl.supportedValuesOf?.('timeZone') ?? [];

export function ScheduleFields({ fields, onText }: { readonly fields: Fields; readonly onText: () => void }) {
  const { task, set, setTask, errorOf } = fields;
  const schedules = schedulesOf(task);
  const tz = textIn(task, 'tz');
  const update = (next: readonly ScheduleForm[]) => setTask(withSchedules(task, next));
  return (
    <>
      {schedules.map((schedule, at) =>
        typeof schedule === 'string' ? (
          <ScheduleRow
            key={at}
            text={schedule}
            tz={tz}
            error={schedules.length === 1 ? errorOf('when') : undefined}
            onChange={(text) => update(schedules.map((each, index) => (index === at ? text : each)))}
            onRemove={() => update(schedules.filter((_, index) => index !== at))}
          />
        ) : (
          <p key={at}>
            <code>{JSON.stringify(schedule)}</code>{' '}
            <button type="button" class="quiet" onClick={onText}>
              Edit as text
            </button>
          </p>
        ),
      )}
      {schedules.length > 1 && errorOf('when') !== undefined && <p class="field-error">{errorOf('when')}</p>}
      <div>
        <button type="button" class="quiet" onClick={() => update([...schedules, ''])}>
          <Icon name="plus" /> Schedule
        </button>
        {schedules.length === 0 && <span class="field-hint">Without one it is run by hand only.</span>}
      </div>
      <TextField
        label="Zone"
        placeholder="the scheduler's own"
        suggestions={ZONES}
        value={tz}
        error={errorOf('tz')}
        onChange={(zone) => set('tz', zone || undefined)}
      />
    </>
  );
}

function ScheduleRow({
  text,
  tz,
  error,
  onChange,
  onRemove,
}: {
  readonly text: string;
  readonly tz: string;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
  readonly onRemove: () => void;
}) {
  const asked = text.trim() === '' ? undefined : { expr: text, count: SHOWN, ...(tz === '' ? {} : { tz }) };
  const explained = useAnswer<Explained>('/explain', asked, { delayMs: ASK_AFTER_MS });
  const problem = explained.error;
  return (
    <div class="schedule">
      <div class="ask-row">
        <TextField
          label="Schedule"
          mono
          suggestions={SUGGESTIONS}
          placeholder="daily at 02:30"
          value={text}
          error={problem?.message ?? (explained.answer === undefined ? error : undefined)}
          hint={problem?.hint}
          onChange={onChange}
        />
        <button type="button" class="quiet" aria-label={`Take out the schedule ${text}`} onClick={onRemove}>
          <Icon name="cross" />
        </button>
      </div>
      <div aria-live="polite">
        {explained.answer !== undefined && <Preview explained={explained.answer} />}
      </div>
    </div>
  );
}

function Preview({ explained }: { readonly explained: Explained }) {
  const { meaning, next, tz, warnings, clockChange } = explained;
  return (
    <div class="preview">
      <p>{meaning}</p>
      <ol>
        {next.map((at) => (
          <li key={at}>
            <span class="figures">
              {formatDay(Date.parse(at), tz)} {formatClock(Date.parse(at), { seconds: true, timeZone: tz })}
            </span>{' '}
            <small class="muted">
              {clockIn(Date.parse(at), tz) !== undefined && `${formatClock(Date.parse(at))} here · `}
              <Relative at={at} />
            </small>
          </li>
        ))}
      </ol>
      <p class="muted">Times of {tz}.</p>
      {clockChange !== null && <p class="muted">{clockChange.text}</p>}
      {warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
    </div>
  );
}
