/** What it all runs on: the schedulers that live, and the machine. */
import type { Health, NamespaceRecord, Page, SchedulerRecord } from '../../api/record.js';
import { type Resource, useResource } from '../../api/resource.js';
import { href } from '../../route.js';
import { Command } from '../../view/command.js';
import { formatBytes, formatCount, plural } from '../../view/format.js';
import { nameNamespaces } from '../../view/namespace-name.js';
import { Loaded } from '../../view/state.js';
import { Countdown, Relative } from '../../view/time.js';
import { Panel } from './panel.js';
import { startCommand } from './start-command.js';

const HEALTH_EVERY_MS = 15_000;
/** Of the namespaces without a scheduler. */
const MOST_IDLE = 5;

/** `atlas: load 2.4 on 8 processors, 64 % of 33 GB in use`. */
export function HostLine() {
  const health = useResource<Health>('/health', { everyMs: HEALTH_EVERY_MS }).data.value;
  if (health === undefined) return null;
  const { name, cpus, load, memoryBytes, freeMemoryBytes } = health.host;
  const busy = (load[0] ?? 0) > cpus;
  const used = Math.round((1 - freeMemoryBytes / memoryBytes) * 100);
  return (
    <p class="host muted">
      <strong>{name}</strong>
      <span
        class={busy ? 'warn' : ''}
        title={`over 1, 5 and 15 minutes: ${load.map((each) => each.toFixed(2)).join(', ')}`}
      >
        load <span class="figures">{(load[0] ?? 0).toFixed(2)}</span> on {plural(cpus, 'processor')}
      </span>
      <span class={used > 95 ? 'warn' : ''} title={`${formatBytes(freeMemoryBytes)} free`}>
        <span class="figures">{used} %</span> of {formatBytes(memoryBytes)} memory
      </span>
    </p>
  );
}

/** How to begin, for who has a page but nothing that runs. */
export function NoScheduler({ namespaces }: { readonly namespaces: readonly NamespaceRecord[] }) {
  const last = [...namespaces].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))[0];
  return (
    <section class="begin" aria-labelledby="begin">
      <h2 id="begin">No scheduler is running</h2>
      {last === undefined ? (
        <>
          <p>Nothing is on a schedule yet. A line is enough to begin; a timetable holds many jobs:</p>
          <Command text="supertask run --when '*/5 * * * *' -- cmd:'date >> dates.txt'" />
          <Command text="supertask init && supertask run --file supertask.yaml" />
        </>
      ) : (
        <>
          <p>
            What is shown below is what there was, and nothing of it will run by itself. To go on with the
            last one:
          </p>
          <Command text={startCommand(last)} />
        </>
      )}
      <p class="muted">This page takes notice by itself.</p>
    </section>
  );
}

type Line = {
  readonly namespace: NamespaceRecord;
  readonly pid: number;
  readonly startedAt: string;
  readonly jobs: number;
  readonly reachable: boolean;
  /** Where it is of this server's own process. */
  readonly own: SchedulerRecord | undefined;
};

export function SchedulerPanel({ namespaces }: { readonly namespaces: Resource<Page<NamespaceRecord>> }) {
  const own = useResource<readonly SchedulerRecord[]>('/schedulers', {
    touchedBy: ({ type }) => type !== 'reset',
  });
  const known = namespaces.data.value?.items ?? [];
  const names = nameNamespaces(known);
  const nameOf = ({ id }: NamespaceRecord) => names.get(id) ?? id;
  const idle = known.filter(({ schedulers = [] }) => schedulers.length === 0);
  const lines = known.flatMap((namespace) =>
    (namespace.schedulers ?? []).map((each): Line => {
      const same = own.data.value?.find(({ pid, namespace: id }) => pid === each.pid && id === namespace.id);
      return { namespace, ...each, own: same };
    }),
  );
  if (lines.length === 0 && idle.length === 0) return null;
  return (
    <Panel title="Schedulers" note={lines.length === 0 ? undefined : plural(lines.length, 'scheduler')}>
      <Loaded resource={namespaces} what="schedulers">
        {() => (
          <div class="scroll-x">
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col">Namespace</th>
                  <th scope="col">Source</th>
                  <th scope="col">State</th>
                  <th scope="col">Since</th>
                  <th scope="col" class="end">
                    Jobs
                  </th>
                  <th scope="col" class="end">
                    Next due
                  </th>
                </tr>
              </thead>
              <tbody>
                {lines.map((line) => (
                  <SchedulerLine
                    key={`${line.namespace.id} ${line.pid}`}
                    line={line}
                    name={nameOf(line.namespace)}
                  />
                ))}
                {idle.slice(0, MOST_IDLE).map((namespace) => (
                  <IdleLine key={namespace.id} namespace={namespace} name={nameOf(namespace)} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {idle.length > MOST_IDLE && (
        <p class="nothing muted">{plural(idle.length - MOST_IDLE, 'more namespace')} without a scheduler.</p>
      )}
    </Panel>
  );
}

type Named = { readonly namespace: NamespaceRecord; readonly name: string };

function NamespaceCells({ namespace: { id, source }, name }: Named) {
  return (
    <>
      <th scope="row">
        <a href={href({ path: ['jobs'], query: { namespace: id } })}>{name}</a>
      </th>
      <td class="source">
        <span title={source}>{source}</span>
      </td>
    </>
  );
}

function SchedulerLine({ line, name }: { readonly line: Line; readonly name: string }) {
  const { namespace, pid, startedAt, jobs, reachable, own } = line;
  const state = own?.stopping ? 'is ending' : reachable ? 'runs' : 'does not answer';
  return (
    <tr>
      <NamespaceCells namespace={namespace} name={name} />
      <td>
        <span class={`state ${reachable && !own?.stopping ? 'on' : 'off'}`}>{state}</span>{' '}
        <span class="muted figures">pid {pid}</span>
      </td>
      <td>
        <Relative at={startedAt} />
      </td>
      <td class="end figures">{formatCount(jobs)}</td>
      <td class="end">{own?.nextDueAt ? <Countdown at={own.nextDueAt} /> : <span class="muted">–</span>}</td>
    </tr>
  );
}

function IdleLine({ namespace, name }: Named) {
  return (
    <tr class="idle">
      <NamespaceCells namespace={namespace} name={name} />
      <td>
        <span class="state none">no scheduler</span>
      </td>
      <td>
        <Relative at={namespace.updatedAt} />
      </td>
      <td class="end figures">{formatCount(namespace.jobs)}</td>
      <td class="end muted">–</td>
    </tr>
  );
}
