/** All routes: the one list that servers, documentation and tests go through. */
import type { Route } from '../route.js';
import { JOB_ROUTES } from './job.js';
import { RUN_ROUTES } from './run.js';
import { SCHEDULER_ROUTES } from './scheduler.js';

export const ROUTES: readonly Route[] = [...SCHEDULER_ROUTES, ...JOB_ROUTES, ...RUN_ROUTES];
