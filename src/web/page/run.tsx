/** A run: what became of it, why, and what it wrote. */
import { path } from '../api/client.js';
import type { RunRecord } from '../api/record.js';
import { useResource } from '../api/resource.js';
import { href, jobHref } from '../route.js';
import { JsonButton } from '../view/json.js';
import { NamespaceName } from '../view/namespace.js';
import { Empty, Loaded } from '../view/state.js';
import { StatusBadge } from '../view/status.js';
import { Chain } from './run/chain.js';
import { Changes } from './run/changes.js';
import { OutputView } from './run/output-view.js';
import { RunActions } from './run/run-actions.js';
import { RunFacts } from './run/run-facts.js';
import { Steps } from './run/steps.js';
import { WhyNot } from './run/why-not.js';

export function RunPage({ namespace, run }: { readonly namespace: string; readonly run: string }) {
  const resource = useResource<RunRecord>(path(['namespaces', namespace, 'runs', run]), {
    apply: (record, event) => (event.type === 'run' && event.run.id === record.id ? event.run : record),
  });
  const { data, error } = resource;
  if (data.value === undefined && error.value?.status === 404)
    return <Never run={run} namespace={namespace} />;
  return (
    <Loaded resource={resource} what="the run">
      {(record) => (
        <>
          <p class="crumbs">
            <a href={href({ path: ['runs'] })}>Runs</a> /{' '}
            <a href={href({ path: ['runs'], query: { namespace } })}>
              <NamespaceName id={namespace} />
            </a>{' '}
            / <a href={href({ path: ['runs'], query: { namespace, job: record.job } })}>{record.job}</a>
          </p>
          <div class="page-head">
            <h1>
              <a href={jobHref(namespace, record.job)}>{record.job}</a>
            </h1>
            <StatusBadge status={record.status} reason={record.reason} />
            <RunActions run={record} />
            <JsonButton value={record} title={`Run ${record.id}`} />
          </div>
          <WhyNot run={record} />
          <RunFacts run={record} />
          {record.steps !== undefined && record.steps.length > 0 && <Steps steps={record.steps} />}
          <OutputView run={record} />
          <Changes run={record} />
          <Chain run={record} />
        </>
      )}
    </Loaded>
  );
}

function Never({ run, namespace }: { readonly run: string; readonly namespace: string }) {
  return (
    <Empty title="There never was such a run.">
      <p>
        No run of{' '}
        <a href={href({ path: ['runs'], query: { namespace } })}>
          <NamespaceName id={namespace} />
        </a>{' '}
        has the id <code>{run}</code>, or its record is older than what is kept.
      </p>
    </Empty>
  );
}
