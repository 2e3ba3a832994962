/** All routes: the one list that servers, documentation and tests go through. */
import type { Route } from '../route.js';
import { BULK_ROUTES } from './bulk.js';
import { DEFINITION_ROUTES } from './definition.js';
import { documentRoute } from './document.js';
import { EVENT_ROUTES } from './event.js';
import { JOB_ROUTES } from './job.js';
import { JOB_OUTLOOK_ROUTES } from './job-outlook.js';
import { JOB_RECORD_ROUTES } from './job-record.js';
import { METRICS_ROUTES } from './metrics.js';
import { NAMESPACE_ROUTES } from './namespace.js';
import { OUTPUT_ROUTES } from './output.js';
import { OVERRIDE_ROUTES } from './override.js';
import { QUESTION_ROUTES } from './question.js';
import { RUN_ROUTES } from './run.js';
import { RUN_DETAIL_ROUTES } from './run-detail.js';
import { RUN_RECORD_ROUTES } from './run-record.js';
import { SCHEDULER_ROUTES } from './scheduler.js';
import { SESSION_ROUTES } from './session.js';
import { SPAN_ROUTES } from './span.js';
import { TIMETABLE_ROUTES } from './timetable.js';

export const ROUTES: readonly Route[] = [
  ...SESSION_ROUTES,
  ...NAMESPACE_ROUTES,
  ...SCHEDULER_ROUTES,
  ...JOB_RECORD_ROUTES,
  ...JOB_OUTLOOK_ROUTES,
  ...SPAN_ROUTES,
  ...JOB_ROUTES,
  ...OVERRIDE_ROUTES,
  ...DEFINITION_ROUTES,
  ...TIMETABLE_ROUTES,
  ...RUN_RECORD_ROUTES,
  ...RUN_DETAIL_ROUTES,
  ...RUN_ROUTES,
  ...OUTPUT_ROUTES,
  ...EVENT_ROUTES,
  ...QUESTION_ROUTES,
  ...METRICS_ROUTES,
  ...BULK_ROUTES,
  documentRoute(() => ROUTES),
];
