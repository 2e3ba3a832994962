/** Which page is shown: that of the address, once somebody is signed in. */
import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { connect, disconnect } from './api/live.js';
import { session } from './api/session.js';
import { Layout } from './layout.js';
import { Dashboard } from './page/dashboard.js';
import { CreatePage, EditPage } from './page/edit.js';
import { JobPage } from './page/job.js';
import { JobsPage } from './page/jobs.js';
import { RunPage } from './page/run.js';
import { RunsPage } from './page/runs.js';
import { SignIn } from './page/sign-in.js';
import { WeekPage } from './page/week.js';
import { place } from './route.js';
import { Empty, Loading } from './view/state.js';

export function App() {
  const state = session.value;
  if (state.kind === 'asking') return <Loading what="supertask" />;
  if (state.kind === 'out') return <SignIn error={state.error} />;
  return (
    <Layout>
      <Page />
    </Layout>
  );
}

function Page() {
  const { path } = place.value;
  const [page = '', namespace, name, part] = path;
  useEffect(() => scrollTo(0, 0), [path.join('/')]);
  if (page === '') return <Dashboard />;
  if (page === 'jobs' && namespace === 'new' && name === undefined) return <CreatePage />;
  if (page === 'jobs' && namespace !== undefined && name !== undefined && part === 'edit')
    return <EditPage key={path.join('/')} namespace={namespace} job={name} />;
  if (page === 'jobs' && namespace !== undefined && name !== undefined)
    return <JobPage key={path.join('/')} namespace={namespace} job={name} />;
  if (page === 'jobs') return <JobsPage />;
  if (page === 'runs' && namespace !== undefined && name !== undefined)
    return <RunPage key={path.join('/')} namespace={namespace} run={name} />;
  if (page === 'runs') return <RunsPage />;
  if (page === 'week') return <WeekPage />;
  return (
    <Empty title="There is no such page.">
      <p>
        <a href="#/">To the dashboard</a>
      </p>
    </Empty>
  );
}

effect(() => {
  if (session.value.kind === 'in') connect();
  else disconnect();
});
