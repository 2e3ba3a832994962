/** What is different from when the job succeeded last: asked for when somebody wants to know. */
import { useState } from 'preact/hooks';
import { path } from '../../api/client.js';
import type { Difference, Json, RunChanges, RunRecord } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { runHref } from '../../route.js';
import { plural } from '../../view/format.js';
import { Loaded } from '../../view/state.js';
import { isBad } from '../../view/status.js';
import { Relative } from '../../view/time.js';

export function Changes({ run }: { readonly run: RunRecord }) {
  const [open, setOpen] = useState(false);
  const changes = useResource<RunChanges>(
    open ? path(['namespaces', run.namespace, 'runs', run.id, 'changes']) : undefined,
  );
  if (!isBad(run.status)) return null;
  return (
    <details class="panel section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What changed since the last success</summary>
      {open && (
        <Loaded resource={changes} what="what changed">
          {(found) => <Told found={found} namespace={run.namespace} />}
        </Loaded>
      )}
    </details>
  );
}

function Told({ found, namespace }: { readonly found: RunChanges; readonly namespace: string }) {
  const { lastSuccess, failures, definition, remembered, differences } = found;
  if (lastSuccess === null) return <p>No run of this job is known that succeeded.</p>;
  return (
    <div>
      <p>
        It succeeded last <Relative at={lastSuccess.startedAt ?? lastSuccess.scheduledAt} /> (
        <a href={runHref(namespace, lastSuccess.id)}>show that run</a>)
        {failures > 0 && `; ${plural(failures, 'run')} in between failed`}.
      </p>
      <h3>In its definition</h3>
      {definition.length === 0 && (
        <p class="muted">{remembered ? 'Nothing.' : 'Nothing that is remembered.'}</p>
      )}
      <Differences list={definition} />
      <h3>In the run</h3>
      {differences.length === 0 && <p class="muted">Nothing.</p>}
      <Differences list={differences} />
    </div>
  );
}

function Differences({ list }: { readonly list: readonly (Difference & { readonly at?: string })[] }) {
  return (
    <ul class="differences">
      {list.map(({ field, before, after, at }) => (
        <li key={`${field} ${at}`}>
          <strong>{field}</strong>{' '}
          {at !== undefined && (
            <small class="muted">
              <Relative at={at} />
            </small>
          )}
          <div>
            <del>{textOf(before)}</del> → <ins>{textOf(after)}</ins>
          </div>
        </li>
      ))}
    </ul>
  );
}

function textOf(value: Json): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
