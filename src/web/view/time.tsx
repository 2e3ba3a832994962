/** Instants that count: each has the absolute time at hand. */

import { clock } from './clock.js';
import { formatInstant, formatLength, formatRelative, formatWhole } from './format.js';

/** `3 min ago`, or `in 2 h`. */
export function Relative({ at }: { readonly at: string | null }) {
  if (at === null) return <span class="muted">–</span>;
  return (
    <time dateTime={at} title={titleOf(at)}>
      {formatRelative(Date.parse(at), clock.value)}
    </time>
  );
}

/** `4m 12s`, down to `now`; after that how long it is overdue. */
export function Countdown({ at }: { readonly at: string }) {
  const ms = Date.parse(at) - clock.value;
  return (
    <time dateTime={at} title={titleOf(at)} class="figures">
      {ms >= 1_000 ? formatWhole(ms) : ms > -1_500 ? 'now' : `${formatWhole(-ms)} overdue`}
    </time>
  );
}

/** How long something has been going on. */
export function Elapsed({ since }: { readonly since: string }) {
  return (
    <time dateTime={since} title={`since ${titleOf(since)}`} class="figures">
      {formatWhole(clock.value - Date.parse(since))}
    </time>
  );
}

/** A length of time that does not change any more. */
export function Length({ ms }: { readonly ms: number | null | undefined }) {
  if (ms === null || ms === undefined) return <span class="muted">–</span>;
  return (
    <span class="figures" title={`${ms} ms`}>
      {formatLength(ms)}
    </span>
  );
}

/** The instant here and, where the job has a zone of its own, there. */
function titleOf(at: string): string {
  return `${formatInstant(new Date(at))}\n${at}`;
}
