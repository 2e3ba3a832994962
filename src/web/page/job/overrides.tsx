/** Pauses and skips that concern a job, with who asked for them and why. */
import { resumeJob } from '../../api/operate.js';
import type { JobRecord } from '../../api/record.js';
import { may } from '../../api/session.js';
import { formatInstant } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { Relative } from '../../view/time.js';
import { attempt } from '../../view/toast.js';

export function Overrides({ job }: { readonly job: JobRecord }) {
  const { pauses = [], skips = [] } = job;
  if (pauses.length + skips.length === 0) return null;
  return (
    <div class="why" role="note">
      <Icon name="pause" />
      <div>
        {pauses.map(({ since, until, by, note, job: own }) => (
          <p key={since}>
            {own === null ? 'All jobs of the namespace are paused' : 'Paused'} since <Relative at={since} />
            {until === null ? ', until it is resumed' : `, until ${formatInstant(new Date(until))}`}
            {by !== null && ` · ${by}`}
            {note !== null && `: ${note}`}
          </p>
        ))}
        {skips.map(({ at, by, note }) => (
          <p key={at}>
            Not run at {formatInstant(new Date(at))}
            {by !== null && ` · ${by}`}
            {note !== null && `: ${note}`}
          </p>
        ))}
      </div>
      {may('operate') && (
        <button type="button" onClick={() => attempt(() => resumeJob(job), 'It is run as it is due again.')}>
          Resume
        </button>
      )}
    </div>
  );
}
