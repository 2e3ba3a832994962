/** What runs, what comes next, and what went wrong. */
import type { SchedulerRecord } from '../api/record.js';
import { useResource } from '../api/resource.js';
import { Empty, Loaded } from '../view/state.js';
import { Countdown } from '../view/time.js';

export function Dashboard() {
  const schedulers = useResource<readonly SchedulerRecord[]>('/schedulers', {
    touchedBy: ({ type }) => type !== 'reset',
  });
  return (
    <>
      <div class="page-head">
        <h1>Dashboard</h1>
      </div>
      <Loaded resource={schedulers} what="schedulers">
        {(list) =>
          list.length === 0 ? (
            <Empty title="No scheduler is running." />
          ) : (
            <ul>
              {list.map(({ namespace, nextDueAt }) => (
                <li key={namespace}>
                  {namespace}: {nextDueAt !== null && <Countdown at={nextDueAt} />}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
