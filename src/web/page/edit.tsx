/** Make a job, or change one that was made here or by a program. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, getTagged, path } from '../api/client.js';
import type { Definition, NamespaceRecord, Page, TaskForm } from '../api/record.js';
import { useResource } from '../api/resource.js';
import { may } from '../api/session.js';
import { href, jobHref, place } from '../route.js';
import { NamespaceName } from '../view/namespace.js';
import { Empty, Loaded, Loading, Problem } from '../view/state.js';
import { Editor } from './edit/editor.js';

const NEW: TaskForm = { when: 'daily at 02:30', run: '' };

type Kept = { readonly definition: Definition; readonly tag: string | undefined };

export function EditPage({ namespace, job }: { readonly namespace: string; readonly job: string }) {
  const kept = useDefinition(namespace, job);
  if (!may('admin')) return <NotAllowed />;
  if (kept instanceof ApiError) return <Problem error={kept} />;
  if (kept === undefined) return <Loading what={job} />;
  return (
    <>
      <p class="crumbs">
        <a href={href({ path: ['jobs'] })}>Jobs</a> / <NamespaceName id={namespace} /> /{' '}
        <a href={jobHref(namespace, job)}>{job}</a>
      </p>
      <div class="page-head">
        <h1>Edit {job}</h1>
      </div>
      <Editor
        namespaces={[namespace]}
        namespace={namespace}
        id={job}
        task={kept.definition.task}
        tag={kept.tag}
      />
    </>
  );
}

export function CreatePage() {
  const { query } = place.value;
  const [asked] = useState({ namespace: query.get('namespace') ?? '', like: query.get('like') ?? '' });
  const namespaces = useResource<Page<NamespaceRecord>>(path(['namespaces']));
  const like = useDefinition(asked.namespace, asked.like);
  if (!may('admin')) return <NotAllowed />;
  if (asked.like !== '' && like === undefined) return <Loading what={asked.like} />;
  const task = like === undefined || like instanceof ApiError ? NEW : like.definition.task;
  return (
    <>
      <p class="crumbs">
        <a href={href({ path: ['jobs'] })}>Jobs</a>
      </p>
      <div class="page-head">
        <h1>New job</h1>
      </div>
      {like instanceof ApiError && <Problem error={like} />}
      <Loaded resource={namespaces} what="namespaces">
        {({ items }) => (
          <Editor
            namespaces={items.map(({ id }) => id)}
            namespace={asked.namespace || bestOf(items)}
            id={undefined}
            task={task}
            tag={undefined}
          />
        )}
      </Loaded>
    </>
  );
}

/** One with a scheduler that will run it. */
function bestOf(namespaces: readonly NamespaceRecord[]): string {
  const live = namespaces.find(({ schedulers = [] }) => schedulers.length > 0);
  return (live ?? namespaces[0])?.id ?? '';
}

/** Asked for once: what is typed is not to change under the fingers. */
function useDefinition(namespace: string, id: string): Kept | ApiError | undefined {
  const [found, setFound] = useState<Kept | ApiError>();
  useEffect(() => {
    if (id === '') return;
    getTagged<Definition>(path(['namespaces', namespace, 'jobs', id, 'definition'])).then(
      ({ answer, tag }) => setFound({ definition: answer, tag }),
      (error) => setFound(error instanceof ApiError ? error : new ApiError(String(error), { status: 0 })),
    );
  }, [namespace, id]);
  return found;
}

function NotAllowed() {
  return (
    <Empty title="Who is signed in may not change jobs.">
      <p>
        That takes the scope admin: <code>supertask serve --open</code> makes such a link.
      </p>
    </Empty>
  );
}
