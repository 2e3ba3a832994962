/** What a job is: its schedules in plain English, what it runs, and how it is run. */
import type { ComponentChildren } from 'preact';
import { useAnswer } from '../../api/question.js';
import type {
  DefinedSchedule,
  Definition,
  Explained,
  JobRecord,
  Json,
  KeptDefinition,
  TaskForm,
} from '../../api/record.js';
import { runHref } from '../../route.js';
import { clock } from '../../view/clock.js';
import { CopyButton } from '../../view/copy.js';
import { DueClocks, NextDue, nextOf } from '../../view/due.js';
import { formatBytes, formatLength, formatNear, plural } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { Relative } from '../../view/time.js';

export function JobFacts({
  job,
  definition,
}: {
  readonly job: JobRecord;
  readonly definition: Definition | undefined;
}) {
  const { schedules, target, tz, origin, seenAt, planned, definition: kept } = job;
  return (
    <section class="panel section" aria-label="Definition">
      <header>
        <h2>Definition</h2>
        <span class="muted">{origin === 'api' ? 'made through the API' : 'from its timetable'}</span>
      </header>
      <dl class="facts inside">
        <dt>Next</dt>
        <dd>
          <NextDue job={job} />{' '}
          <span class="muted">
            <DueClocks job={job} />
          </span>
        </dd>
        {planned !== undefined && nextOf(job)?.run === undefined && (
          <Row title="Planned">
            <a href={runHref(job.namespace, planned.run)} title="To the run that is planned">
              <Relative at={planned.at} />
            </a>{' '}
            <span class="muted">{formatNear(Date.parse(planned.at), clock.value)}</span>
          </Row>
        )}
        <dt>{schedules.length > 1 ? 'Schedules' : 'Schedule'}</dt>
        <dd>
          {schedules.length === 0 && <span class="muted">none: it is run by hand, or by others</span>}
          {(kept?.schedules ?? []).map((schedule, index) => (
            <Meaning key={index} schedule={schedule} tz={tz} />
          ))}
        </dd>
        {tz !== null && <Row title="Zone">{tz}</Row>}
        <Row title="Runs">
          <span class="code-block">
            <code>{target}</code>
            <CopyButton text={target} label="Copy what it runs" />
          </span>
        </Row>
        {kept?.deadlineMs != null && (
          <Row title="Deadline">{formatLength(kept.deadlineMs)} after it was due</Row>
        )}
        {kept?.keep != null && <Row title="Kept">{keptOf(kept.keep)}</Row>}
        {kept?.countsFrom != null && (
          <Row title="Counts from">
            <Relative at={kept.countsFrom} />
          </Row>
        )}
        {job.args !== undefined && (
          <Row title="Arguments">
            <code>{textOf(job.args)}</code>
          </Row>
        )}
        {definition !== undefined && <Policies task={definition.task} />}
        {definition?.shadowed === true && (
          <Row title="Shadowed">A job of the timetable has this name, and is run in its place.</Row>
        )}
        {definition !== undefined && (
          <Row title="Changed">
            <Relative at={definition.changedAt} /> by {definition.by}
          </Row>
        )}
        {seenAt !== null && (
          <Row title="Known since">
            <Relative at={seenAt} />
          </Row>
        )}
      </dl>
    </section>
  );
}

function Row({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A change of clocks is asked for; that of a schedule of an object cannot be. */
function Meaning({ schedule, tz }: { readonly schedule: DefinedSchedule; readonly tz: string | null }) {
  const { text, meaning, class: kind, enabled, warnings } = schedule;
  const asked = kind === 'fixed-time' && !text.startsWith('{') ? { expr: text, tz: schedule.tz } : undefined;
  const { answer } = useAnswer<Explained>('/explain', asked);
  return (
    <div class="meaning">
      <code>{text}</code> {kind !== null && <span class="tag">{CLASSES[kind]}</span>}
      {!enabled && <span class="tag">disabled</span>}
      <p>{meaning ?? 'Only another version of supertask can read it.'}</p>
      {answer?.clockChange && <p class="muted">{answer.clockChange.text}</p>}
      {schedule.tz !== tz && <p class="muted">by the clocks of {schedule.tz}</p>}
      {warnings.map((warning) => (
        <p key={warning} class="warning">
          <Icon name="alert" /> {warning}
        </p>
      ))}
    </div>
  );
}

const CLASSES = { 'fixed-time': 'by the clock', interval: 'by interval', start: 'at the start' } as const;

function keptOf({ runs, ageMs, bytes }: NonNullable<KeptDefinition['keep']>): string {
  return [
    ...(runs === undefined ? [] : [plural(runs, 'run')]),
    ...(ageMs === undefined ? [] : [formatLength(ageMs)]),
    ...(bytes === undefined ? [] : [`${formatBytes(bytes)} of output`]),
  ].join(', ');
}

const OWN = ['when', 'run', 'exec', 'name', 'description', 'enabled', 'tz'];

/** The rest of what was given, key by key. */
function Policies({ task }: { readonly task: TaskForm }) {
  return (
    <>
      {Object.entries(task)
        .filter(([key]) => !OWN.includes(key))
        .map(([key, value]) => (
          <Row key={key} title={key}>
            <code>{textOf(value)}</code>
          </Row>
        ))}
    </>
  );
}

function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const isFlat = !Array.isArray(value) && Object.values(value).every((each) => typeof each !== 'object');
  if (!isFlat) return JSON.stringify(value, null, 1);
  return Object.entries(value)
    .map(([name, each]) => `${name} = ${String(each)}`)
    .join('\n');
}
