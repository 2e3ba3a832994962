/** A run: what became of it, and what it wrote. */
import { useEffect, useState } from 'preact/hooks';
import { path, send } from '../api/client.js';
import type { RunRecord } from '../api/record.js';
import { useResource } from '../api/resource.js';
import { jobHref } from '../route.js';
import { Ansi } from '../view/ansi.js';
import { JsonButton } from '../view/json.js';
import { Loaded } from '../view/state.js';
import { isLive, StatusBadge } from '../view/status.js';
import { Elapsed, Length, Relative } from '../view/time.js';

export function RunPage({ namespace, run }: { readonly namespace: string; readonly run: string }) {
  const resource = useResource<RunRecord>(path(['namespaces', namespace, 'runs', run]), {
    apply: (record, event) => (event.type === 'run' && event.run.id === run ? event.run : record),
  });
  return (
    <Loaded resource={resource} what="the run">
      {(record) => (
        <>
          <div class="page-head">
            <h1>
              <a href={jobHref(namespace, record.job)}>{record.job}</a>
            </h1>
            <StatusBadge status={record.status} reason={record.reason} />
            <JsonButton value={record} title={`Run ${record.id}`} />
          </div>
          <dl class="facts">
            <dt>Due</dt>
            <dd>
              <Relative at={record.scheduledAt} />
            </dd>
            <dt>Duration</dt>
            <dd>
              {isLive(record.status) && record.startedAt !== null ? (
                <Elapsed since={record.startedAt} />
              ) : (
                <Length ms={record.durationMs} />
              )}
            </dd>
            {record.message !== null && (
              <>
                <dt>Message</dt>
                <dd>{record.message}</dd>
              </>
            )}
          </dl>
          <Output namespace={namespace} run={run} />
        </>
      )}
    </Loaded>
  );
}

function Output({ namespace, run }: { readonly namespace: string; readonly run: string }) {
  const [text, setText] = useState('');
  useEffect(() => {
    const leave = new AbortController();
    send(path(['namespaces', namespace, 'runs', run, 'output'], { stream: 'both' }), { signal: leave.signal })
      .then((response) => response.text())
      .then(setText)
      .catch(() => setText(''));
    return () => leave.abort();
  }, [namespace, run]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <pre class="output" tabIndex={0}>
      <Ansi text={text} />
    </pre>
  );
}
