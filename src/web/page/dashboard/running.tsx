/** What goes on: how long already, and how long it usually takes. */
import { change, path } from '../../api/client.js';
import type { LiveEvent } from '../../api/live.js';
import type { JobRecord, Page, RunRecord } from '../../api/record.js';
import { type Resource, useResource } from '../../api/resource.js';
import { may } from '../../api/session.js';
import { href, jobHref, runHref } from '../../route.js';
import { clock } from '../../view/clock.js';
import { confirm } from '../../view/dialog.js';
import { formatCount, formatLength } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { Namespace } from '../../view/namespace.js';
import { plannedFor } from '../../view/outcome.js';
import { Loaded } from '../../view/state.js';
import { isLive, LIVE, StatusMark } from '../../view/status.js';
import { Elapsed } from '../../view/time.js';
import { attempt } from '../../view/toast.js';
import { Nothing, Panel } from './panel.js';
import { usualMs } from './recent.js';

const SHOWN = 8;

export function RunningPanel({ runs }: { readonly runs: Resource<Page<RunRecord>> }) {
  const count = goingOn(runs.data.value).length;
  // A job tells of its last runs, and with them how long they usually take.
  const jobs = useResource<Page<JobRecord>>(
    count === 0 ? undefined : path(['jobs'], { status: LIVE, sort: 'last-run', limit: 50 }),
    { touchedBy: (event) => event.type === 'run' && event.change === 'started' },
  );
  const usual = new Map(
    jobs.data.value?.items.map((job) => [keyOf(job.namespace, job.id), usualMs(job.recent)]),
  );
  return (
    <Panel
      title="Running now"
      kind="running"
      note={
        count > SHOWN
          ? `the oldest ${SHOWN} of ${formatCount(count)}${runs.data.value?.next ? '+' : ''}`
          : undefined
      }
      end={
        count > SHOWN && (
          <a href={href({ path: ['runs'], query: { status: LIVE.join(',') } })}>All that run</a>
        )
      }
    >
      <Loaded resource={runs} what="what runs">
        {(page) =>
          count === 0 ? (
            <Nothing>Nothing runs at the moment.</Nothing>
          ) : (
            <ul class="rows">
              {goingOn(page)
                .sort(byBegin)
                .slice(0, SHOWN)
                .map((run) => (
                  <Running key={run.id} run={run} usual={usual.get(keyOf(run.namespace, run.job))} />
                ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function keyOf(namespace: string, job: string): string {
  return `${namespace} ${job}`;
}

/** What waits comes behind all that has begun. */
function byBegin(a: RunRecord, b: RunRecord): number {
  const [left, right] = [a, b].map(({ startedAt, scheduledAt }) => startedAt ?? `~${scheduledAt}`) as [
    string,
    string,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}

function Running({ run, usual }: { readonly run: RunRecord; readonly usual: number | undefined }) {
  const { namespace, job, id, status, startedAt, scheduledAt, reason } = run;
  const stop = async () => {
    const yes = await confirm({
      title: `Stop this run of ${job}?`,
      text: 'It is asked to end, and made to after its grace period.',
      action: 'Stop it',
      grave: true,
    });
    if (yes)
      await attempt(
        () => change(path(['namespaces', namespace, 'runs', id, 'stop'])),
        `${job} was told to stop.`,
      );
  };
  return (
    <li class="row">
      <span class="row-mark" title={status}>
        <StatusMark status={status} />
        <span class="hidden">{status}</span>
      </span>
      <div class="row-main">
        <p class="row-title">
          <a href={jobHref(namespace, job)}>{job}</a> <Namespace id={namespace} />
        </p>
        {startedAt !== null && usual !== undefined && <Progress since={startedAt} usual={usual} />}
      </div>
      <p class="row-note">
        <a href={runHref(namespace, id)} title="To this run">
          {startedAt === null ? (
            <>
              waits <Elapsed since={scheduledAt} /> {reason !== null && <span class="muted">({reason})</span>}
            </>
          ) : (
            <Elapsed since={startedAt} />
          )}
        </a>
        {usual !== undefined && <span class="muted usual">usually {formatLength(usual)}</span>}
      </p>
      {may('operate') && (
        <button type="button" class="quiet" title="Stop it" aria-label={`Stop ${job}`} onClick={stop}>
          <Icon name="stop" />
        </button>
      )}
    </li>
  );
}

/** Full at the usual length; beyond it, the part that is too much. */
function Progress({ since, usual }: { readonly since: string; readonly usual: number }) {
  const share = Math.max(0, clock.value - Date.parse(since)) / Math.max(1, usual);
  const late = share > 1.5;
  const whole = Math.max(1, share);
  return (
    <p class={late ? 'progress late' : 'progress'} aria-hidden="true">
      <span class="progress-bar">
        <span class="progress-done" style={{ width: `${(Math.min(1, share) / whole) * 100}%` }} />
        {share > 1 && <span class="progress-over" style={{ width: `${((share - 1) / whole) * 100}%` }} />}
      </span>
      {late && (
        <span class="progress-word">{share < 10 ? share.toFixed(1) : Math.round(share)} × as long</span>
      )}
    </p>
  );
}

/** Without what is planned, which is yet to come. */
export function goingOn(page: Page<RunRecord> | undefined): RunRecord[] {
  return page?.items.filter((run) => plannedFor(run) === undefined) ?? [];
}

/** The list of what goes on, after an event. */
export function withLive(page: Page<RunRecord>, event: LiveEvent): Page<RunRecord> {
  if (event.type !== 'run') return page;
  const { run } = event;
  const at = page.items.findIndex(({ id }) => id === run.id);
  if (!isLive(run.status))
    return at < 0 ? page : { ...page, items: page.items.filter(({ id }) => id !== run.id) };
  if (at < 0) return { ...page, items: [run, ...page.items] };
  return { ...page, items: page.items.map((each, index) => (index === at ? run : each)) };
}
