/** Routes that tell of runs, from what lives here and the bookkeeping. */
import { findRun, pageOfRuns } from '../../app/run-page.js';
import { runRecord } from '../../model/record.js';
import { RUN_STATUSES, type RunStatus, TRIGGERS, type Trigger } from '../../model/run.js';
import {
  DEFAULT_LIMIT,
  NAMESPACE,
  PAGING,
  type Paging,
  pageSchema,
  readInstant,
  searchFor,
} from '../parameter.js';
import { published, type Route, route } from '../route.js';

const RUN = published('list-runs', 'run');

type RunQuery = Paging & {
  readonly namespace?: string;
  readonly job?: string;
  readonly status?: readonly RunStatus[];
  readonly trigger?: readonly Trigger[];
  readonly since?: string;
  readonly until?: string;
  readonly search?: string;
};

export const RUN_RECORD_ROUTES: readonly Route[] = [
  route<object, RunQuery>({
    method: 'GET',
    path: '/runs',
    name: 'listRuns',
    summary: 'Runs and due moments that were not run, newest first.',
    scope: 'read',
    query: {
      namespace: NAMESPACE,
      job: { type: 'string', description: 'The id of a job, also of one that is no longer there.' },
      status: { type: 'array', items: { type: 'string', enum: RUN_STATUSES } },
      trigger: { type: 'array', items: { type: 'string', enum: TRIGGERS } },
      since: {
        type: 'string',
        description: 'Due at or after: an instant, or a duration before now such as 7d.',
      },
      until: { type: 'string', description: 'Due at or before, in the same way.' },
      search: searchFor(
        'the id, the job, who asked, the note or the message. Looking for it takes several answers where it is rare: one may have no items, and a `next`.',
      ),
      ...PAGING,
    },
    response: { status: 200, schema: pageSchema('RunPage', RUN) },
    async handle({ service, query: { search, since, until, limit = DEFAULT_LIMIT, cursor, ...filter } }) {
      const now = service.now();
      const { items, next } = await pageOfRuns(
        service,
        {
          ...filter,
          since: readInstant('since', since, now),
          until: readInstant('until', until, now),
          text: search,
        },
        { limit, cursor },
      );
      return { items: items.map(runRecord), next };
    },
  }),
  route({
    method: 'GET',
    path: '/namespaces/{namespace}/runs/{run}',
    name: 'showRun',
    summary: 'One run as it is now, by its id or how its id begins; 404: there was none.',
    scope: 'read',
    response: { status: 200, schema: RUN },
    async handle({ service, param }) {
      return runRecord(await findRun(service, param('namespace'), param('run')));
    },
  }),
];
