/** What the server answers, under the names that the page has for it. The types are made from the table of routes. */
import type {
  Check,
  Explain,
  HourOutcomes,
  Job,
  KeptDefinition,
  ListedScheduler,
  Namespace,
  Occurrence,
  Run,
  RunChanges,
  Session,
  Task,
  Timeline as TimelineAnswer,
  TriggerAnswer,
  Upcoming as UpcomingAnswer,
} from './schema.js';

export type {
  Definition,
  DenseJob,
  Health,
  Json,
  KeptDefinition,
  ProblemPart,
  RecentRun,
  RunChain,
  RunChanges,
  Session,
  Spread,
  Statistics,
  StopAnswer,
  Why,
} from './schema.js';

export type RunRecord = Run;
export type RunStatus = Run['status'];
export type StepRecord = NonNullable<Run['steps']>[number];
/** Over HTTP, its last runs are always told. */
export type JobRecord = Job & Required<Pick<Job, 'recent'>>;
export type NamespaceRecord = Namespace;
export type SchedulerRecord = ListedScheduler;
export type Triggered = TriggerAnswer;
export type Scope = Session['scope'];

/** An occurrence to come. */
export type Upcoming = Occurrence;
/** What is due in a span of time: one by one where it is little, by hour where it is much. */
export type UpcomingSpan = Omit<UpcomingAnswer, 'from' | 'to'>;
/** All that is due in an hour of UTC. */
export type LoadHour = UpcomingAnswer['hours'][number];

/** Of a run, what a bar of the timeline is made of. */
export type TimelineRun = Pick<
  Run,
  | 'id'
  | 'namespace'
  | 'job'
  | 'status'
  | 'reason'
  | 'scheduledAt'
  | 'startedAt'
  | 'endedAt'
  | 'durationMs'
  | 'evidence'
>;
export type TimelineHour = HourOutcomes;
export type Timeline = Omit<TimelineAnswer, 'runs'> & { readonly runs: readonly TimelineRun[] };

export type DefinedSchedule = KeptDefinition['schedules'][number];
/** What a timetable has below `tasks: ID:`. */
export type TaskForm = Task;
export type Checked = Check;
export type Finding = Check['findings'][number];
export type Explained = Explain;
export type Difference = RunChanges['differences'][number];

export type Page<Item> = {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total?: number;
};
