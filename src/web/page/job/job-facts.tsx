/** What a job is: its schedules in plain English, what it runs, and how it is run. */
import type { ComponentChildren } from 'preact';
import type { Definition, Explained, TaskForm } from '../../api/definition.js';
import { useAnswer } from '../../api/question.js';
import type { JobRecord, Json } from '../../api/record.js';
import { CopyButton } from '../../view/copy.js';
import { DueClocks, NextDue } from '../../view/due.js';
import { Relative } from '../../view/time.js';

export function JobFacts({
  job,
  definition,
}: {
  readonly job: JobRecord;
  readonly definition: Definition | undefined;
}) {
  const { schedules, target, tz, origin, seenAt } = job;
  return (
    <section class="panel block" aria-label="Definition">
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
        <dt>{schedules.length > 1 ? 'Schedules' : 'Schedule'}</dt>
        <dd>
          {schedules.length === 0 && <span class="muted">none: it is run by hand, or by others</span>}
          {schedules.map((text) => (
            <Meaning key={text} text={text} tz={tz} />
          ))}
        </dd>
        {tz !== null && <Row title="Zone">{tz}</Row>}
        <Row title="Runs">
          <span class="code-block">
            <code>{target}</code>
            <CopyButton text={target} label="Copy what it runs" />
          </span>
        </Row>
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

/** Schedules that stand in an object are told as text that no question takes; they are shown as they are. */
function Meaning({ text, tz }: { readonly text: string; readonly tz: string | null }) {
  const { answer } = useAnswer<Explained>('/explain', { expr: text, ...(tz === null ? {} : { tz }) });
  return (
    <div class="meaning">
      <code>{text}</code>
      {answer !== undefined && <p>{answer.meaning}</p>}
      {answer?.clockChange && <p class="muted">{answer.clockChange.text}</p>}
    </div>
  );
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
