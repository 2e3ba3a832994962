/** Four figures that say whether it is worth to read on; what is bad comes first. */
import type { ComponentChildren } from 'preact';
import type { JobRecord, Page, RunRecord } from '../../api/record.js';
import type { Resource } from '../../api/resource.js';
import { href } from '../../route.js';
import { formatCount } from '../../view/format.js';
import { Icon, type IconName } from '../../view/icon.js';
import { BAD, LIVE } from '../../view/outcome.js';
import { goingOn } from './running.js';
import { outcomeShare, type TimelineData } from './timeline-data.js';

const HOUR = 3_600_000;

export type FiguresProps = {
  readonly failing: Resource<Page<JobRecord>>;
  readonly running: Resource<Page<RunRecord>>;
  readonly timeline: TimelineData;
};

export function Figures({ failing, running, timeline }: FiguresProps) {
  const bad = failing.data.value?.total ?? failing.data.value?.items.length;
  const live = running.data.value;
  const going = goingOn(live);
  const waiting = going.filter(({ status }) => status === 'waiting').length;
  const sums = timeline.sums.value;
  const past = sums?.filter(({ ran }) => ran > 0);
  const total = past?.reduce((sum, { ran }) => sum + ran, 0);
  const due = sums?.reduce((sum, each) => sum + each.due, 0);
  const now = timeline.span.value.now;
  const soon = sums?.find(({ at }) => at <= now && now < at + HOUR)?.due;
  return (
    <ul class="figures-row" aria-label="At a glance">
      <Figure
        icon={bad === 0 ? 'check' : 'alert'}
        kind={bad === undefined ? '' : bad === 0 ? 'good' : 'bad'}
        figure={bad}
        what="failing"
        note={bad === 0 ? 'The last run of no job went wrong.' : 'Jobs whose last run went wrong.'}
        to={href({ path: ['jobs'], query: { status: BAD.join(',') } })}
      />
      <Figure
        icon="play"
        figure={live && going.length - waiting}
        more={live?.next !== null && live !== undefined}
        what="running"
        note={waiting === 0 ? 'None is waiting.' : `${formatCount(waiting)} more waiting.`}
        to={href({ path: ['runs'], query: { status: LIVE.join(',') } })}
      />
      <Figure
        icon="runs"
        figure={total}
        more={timeline.past.data.value?.uncounted === true}
        what={total === 1 ? 'run in 24 h' : 'runs in 24 h'}
        note={past && total !== 0 ? `${outcomeShare(past)} of them were good.` : 'There was none.'}
        to={href({ path: ['runs'] })}
      />
      <Figure
        icon="clock"
        figure={due}
        what="due in 24 h"
        note={soon === undefined ? '' : `${formatCount(soon)} in the rest of this hour.`}
        to={href({ path: ['week'] })}
      />
    </ul>
  );
}

type FigureProps = {
  readonly icon: IconName;
  readonly kind?: 'good' | 'bad' | '';
  readonly figure: number | undefined;
  /** There are more than that. */
  readonly more?: boolean;
  readonly what: string;
  readonly note: ComponentChildren;
  readonly to: string;
};

function Figure({ icon, kind = '', figure, more = false, what, note, to }: FigureProps) {
  return (
    <li>
      <a class={`figure ${kind}`} href={to}>
        <Icon name={icon} />
        <span class="figure-count">
          {figure === undefined ? '–' : formatCount(figure)}
          {more && '+'}
        </span>{' '}
        <span class="figure-what">{what}</span>{' '}
        <span class="figure-note">{figure === undefined ? '' : note}</span>
      </a>
    </li>
  );
}
