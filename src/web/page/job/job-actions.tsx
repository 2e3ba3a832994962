/** What may be done with a job, as buttons: only what who is signed in may do, and what makes sense now. */
import { enableJob, resumeJob, skipNext } from '../../api/operate.js';
import type { JobRecord } from '../../api/record.js';
import { may } from '../../api/session.js';
import { href } from '../../route.js';
import { serverNow } from '../../view/clock.js';
import { formatNear } from '../../view/format.js';
import { Icon, type IconName } from '../../view/icon.js';
import { Menu, type MenuItem } from '../../view/popover.js';
import { attempt } from '../../view/toast.js';
import { deleteJob } from './delete-job.js';
import { askFor } from './job-dialog.js';

type Action = MenuItem & {
  readonly key: 'trigger' | 'pause' | 'resume' | 'skip' | 'enable' | 'disable' | 'edit' | 'copy' | 'delete';
  /** Said to screen readers, which do not see the row. */
  readonly label: string;
};

/** In a row of a list: the two that are used most, the rest behind a button. */
export function JobRowActions({ job }: { readonly job: JobRecord }) {
  const [first, second, ...rest] = actionsOf(job);
  if (first === undefined) return null;
  return (
    <span class="row-actions">
      {[first, ...(second === undefined ? [] : [second])].map(({ key, icon, label, run }) => (
        <button key={key} type="button" class="quiet" aria-label={label} title={label} onClick={run}>
          <Icon name={icon} />
        </button>
      ))}
      {rest.length > 0 && <Menu label={`More for ${nameOf(job)}`} items={rest} />}
    </span>
  );
}

/** At the head of a page. */
export function JobHeadActions({ job }: { readonly job: JobRecord }) {
  const [first, second, ...rest] = actionsOf(job);
  if (first === undefined) return null;
  return (
    <span class="head-actions">
      <button type="button" class="main" onClick={first.run}>
        <Icon name={first.icon} /> {first.text}
      </button>
      {second !== undefined && (
        <button type="button" onClick={second.run}>
          <Icon name={second.icon} /> {second.text}
        </button>
      )}
      {rest.length > 0 && <Menu label="More" items={rest} />}
    </span>
  );
}

function actionsOf(job: JobRecord): readonly Action[] {
  const make = (key: Action['key'], icon: IconName, text: string, run: () => void): Action => ({
    key,
    icon,
    text,
    label: `${text} ${nameOf(job)}`,
    run,
  });
  return [...operating(job, make), ...changing(job, make)];
}

type Make = (key: Action['key'], icon: IconName, text: string, run: () => void) => Action;

function operating(job: JobRecord, make: Make): readonly Action[] {
  if (!may('operate')) return [];
  const name = nameOf(job);
  const isResumable = job.paused || (job.skips ?? []).length > 0;
  const resume = make('resume', 'play', job.paused ? 'Resume' : 'Take back the skip', () =>
    attempt(() => resumeJob(job), job.paused ? `Resumed ${name}.` : `${name} is run as it is due again.`),
  );
  const pause = make('pause', 'pause', 'Pause', () => askFor('pause', job));
  const { nextDueAt } = job;
  return [
    make('trigger', 'bolt', 'Trigger', () => askFor('trigger', job)),
    job.paused ? resume : pause,
    ...(isResumable && !job.paused ? [resume] : []),
    ...(nextDueAt === null || job.paused
      ? []
      : [
          make('skip', 'skip', 'Skip the next', () =>
            attempt(
              () => skipNext(job),
              `${name} is not run ${formatNear(Date.parse(nextDueAt), serverNow())}.`,
            ),
          ),
        ]),
  ];
}

function changing(job: JobRecord, make: Make): readonly Action[] {
  if (!may('admin')) return [];
  const { namespace, id, task = id } = job;
  const name = nameOf(job);
  const to = (path: readonly string[], query = {}) => {
    location.hash = href({ path, query });
  };
  if (job.origin !== 'api') return [];
  return [
    make('edit', 'edit', 'Edit', () => to(['jobs', namespace, task, 'edit'])),
    make('copy', 'copy', 'Make one like it', () => to(['jobs', 'new'], { namespace, like: task })),
    job.enabled
      ? make('disable', 'stop', 'Disable', () =>
          attempt(() => enableJob({ namespace, id: task }, false), `Disabled ${name}.`),
        )
      : make('enable', 'play', 'Enable', () =>
          attempt(() => enableJob({ namespace, id: task }, true), `Enabled ${name}.`),
        ),
    { ...make('delete', 'trash', 'Delete …', () => void deleteJob(namespace, task)), grave: true },
  ];
}

function nameOf({ name, id }: JobRecord): string {
  return name ?? id;
}
