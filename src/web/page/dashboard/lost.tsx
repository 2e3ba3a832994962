/** That what is shown is not live, where it is not. */
import { connect, connection } from '../../api/live.js';
import { clock } from '../../view/clock.js';
import { formatClock, formatWhole } from '../../view/format.js';
import { Icon } from '../../view/icon.js';

/** A break that lasts less than this is not worth a word. */
const PATIENCE_MS = 3_000;

export function Lost() {
  const { state, since, retryAt } = connection.value;
  if (state !== 'lost' || clock.value - since < PATIENCE_MS) return null;
  const waitMs = (retryAt ?? 0) - clock.value;
  return (
    <div class="problem">
      <Icon name="alert" />
      <div>
        <p>Not connected since {formatClock(since, { seconds: true })}: all of this is as it was then.</p>
        <p class="muted">
          The page goes on by itself when the server is back
          {waitMs > 0 ? `; it is asked again in ${formatWhole(waitMs)}` : ''}.
        </p>
      </div>
      <button type="button" onClick={connect}>
        Try now
      </button>
    </div>
  );
}
