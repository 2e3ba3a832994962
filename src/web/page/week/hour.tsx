/** All of an hour: what was run, what is due, and the way to leave it out. */
import { change, path } from '../../api/client.js';
import { refreshAll } from '../../api/resource.js';
import { may } from '../../api/session.js';
import { jobHref, place, runHref } from '../../route.js';
import { Dialog } from '../../view/dialog.js';
import { formatClock, formatCount, formatDay, formatLength, plural } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { Namespace } from '../../view/namespace.js';
import { Loading, Problem } from '../../view/state.js';
import { StatusBadge } from '../../view/status.js';
import { attempt } from '../../view/toast.js';
import { minute, useDay } from './data.js';
import type { Day } from './day.js';
import type { Occurrence } from './occurrence.js';

const SHOWN = 200;

export type HourDialogProps = { readonly day: Day; readonly hour: number; readonly onClose: () => void };

export function HourDialog({ day, hour, onClose }: HourDialogProps) {
  const from = new Date(day.from).setHours(hour);
  const to = Math.min(day.to, new Date(from).setHours(hour + 1));
  const { query } = place.value;
  const answer = useDay(
    // The same object each time, or it would be laid out anew for nothing.
    hourOf(from, to),
    { namespace: query.get('namespace') ?? '', search: query.get('search') ?? '' },
  );
  const plan = answer?.plan;
  const title = `${formatDay(from)}, ${formatClock(from)} to ${formatClock(to)}`;
  return (
    <Dialog title={title} wide onClose={onClose}>
      {answer?.error !== undefined && <Problem error={answer.error} onRetry={answer.refresh} />}
      {plan === undefined || answer?.isLoading ? (
        <Loading what="the hour" />
      ) : (
        <>
          <p class="muted">
            {plan.count === 0
              ? 'Nothing.'
              : `${plural(plan.count, 'run')}, up to ${plan.hours[hour]?.peak ?? 0} at once.`}
          </p>
          {plan.frequent.length > 0 && (
            <ul class="rows">
              {plan.frequent.slice(0, SHOWN).map(({ namespace, job, count, bad }) => (
                <li key={`${namespace} ${job}`} class="row">
                  <p class="row-clock muted figures">{formatCount(count)} ×</p>
                  <p class="row-main row-title">
                    <a href={jobHref(namespace, job)}>{job}</a> <Namespace id={namespace} />
                  </p>
                  {bad > 0 && <p class="chip-bad">{formatCount(bad)} bad</p>}
                </li>
              ))}
            </ul>
          )}
          <ul class="rows">
            {plan.occurrences.slice(0, SHOWN).map((occurrence) => (
              <Line key={occurrence.key} occurrence={occurrence} />
            ))}
          </ul>
          <Rest count={plan.count} shown={shownOf(plan)} />
        </>
      )}
    </Dialog>
  );
}

const hours = new Map<string, Day>();

function hourOf(from: number, to: number): Day {
  const key = `${from}`;
  const known = hours.get(key) ?? { key, from, to };
  hours.set(key, known);
  return known;
}

type Shown = {
  readonly frequent: readonly { readonly count: number }[];
  readonly occurrences: readonly unknown[];
};

function shownOf({ frequent, occurrences }: Shown): number {
  const counted = frequent.slice(0, SHOWN).reduce((sum, { count }) => sum + count, 0);
  return counted + Math.min(SHOWN, occurrences.length);
}

function Rest({ count, shown }: { readonly count: number; readonly shown: number }) {
  if (count <= shown) return null;
  return (
    <p class="nothing muted">
      and {plural(count - shown, 'more run')}: a search or a namespace tells them apart.
    </p>
  );
}

function Line({ occurrence }: { readonly occurrence: Occurrence }) {
  const { namespace, job, at, lengthMs, status, run } = occurrence;
  return (
    <li class="row">
      <p class="row-clock figures">{formatClock(at, { seconds: true })}</p>
      <p class="row-main row-title">
        <a href={run === undefined ? jobHref(namespace, job) : runHref(namespace, run)}>{job}</a>{' '}
        <Namespace id={namespace} />
      </p>
      {lengthMs > 0 && (
        <p class="muted figures">
          {status === 'due' && 'about '}
          {formatLength(lengthMs)}
        </p>
      )}
      <State occurrence={occurrence} />
    </li>
  );
}

function State({
  occurrence: { namespace, job, at, status, override },
}: {
  readonly occurrence: Occurrence;
}) {
  if (status !== 'due') return <StatusBadge status={status} />;
  if (override !== null) return <span class="muted">{override}</span>;
  if (at <= minute.value || !may('operate')) return <span class="muted">due</span>;
  const skip = async () => {
    const when = new Date(at).toISOString();
    const route = path(['namespaces', namespace, 'jobs', job, 'skip']);
    const done = await attempt(
      () => change(route, { body: { at: when } }),
      `${job} is left out at ${formatClock(at)}.`,
    );
    if (done) refreshAll((apiPath) => apiPath.startsWith('/upcoming'));
  };
  return (
    <button type="button" class="quiet" onClick={skip} aria-label={`Skip ${job} at ${formatClock(at)}`}>
      <Icon name="skip" /> Skip
    </button>
  );
}
