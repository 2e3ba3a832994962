/** When a job is due next: here, and in its own zone. */
import { path } from '../../api/client.js';
import type { JobRecord, Upcoming as Occurrence, Page } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { clockIn, zonesOf } from '../../view/due.js';
import { formatClock, formatDay, formatInstant } from '../../view/format.js';
import { Empty, Loaded } from '../../view/state.js';
import { Relative } from '../../view/time.js';

const COUNT = 8;

export function Upcoming({ job }: { readonly job: JobRecord }) {
  const { namespace, id } = job;
  const zones = zonesOf(job);
  const upcoming = useResource<Page<Occurrence>>(
    path(['namespaces', namespace, 'jobs', id, 'upcoming'], { count: COUNT }),
    {
      touchedBy: (event) =>
        (event.type === 'run' && event.run.job === id) || event.type === 'jobs' || event.type === 'scheduler',
    },
  );
  return (
    <section class="panel section" aria-label="Upcoming">
      <header>
        <h2>Upcoming</h2>
      </header>
      <Loaded resource={upcoming} what="upcoming">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing is due." />
          ) : (
            <ol class="rows">
              {items.map(({ at, override }) => (
                <li key={at} class={override === null ? '' : 'struck'}>
                  <span
                    class="figures"
                    title={zones.map((tz) => formatInstant(Date.parse(at), tz)).join('\n') || undefined}
                  >
                    {formatDay(Date.parse(at))} {formatClock(Date.parse(at), { seconds: true })}
                    {zones
                      .filter((tz) => clockIn(Date.parse(at), tz) !== undefined)
                      .map((tz) => (
                        <small key={tz} class="muted">
                          {' '}
                          {clockIn(Date.parse(at), tz)} in {tz}
                        </small>
                      ))}
                  </span>
                  <span class="muted">{override ?? <Relative at={at} />}</span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}
