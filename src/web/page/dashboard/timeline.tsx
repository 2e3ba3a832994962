/** The last and the next 24 hours: as a drawing, or as a table for who would rather read. */
import { useState } from 'preact/hooks';
import type { RunStatus } from '../../api/record.js';
import { formatClock, formatCount, formatDay } from '../../view/format.js';
import { Loading, Problem } from '../../view/state.js';
import { ENDED } from '../../view/status.js';
import { Panel } from './panel.js';
import { TimelineChart } from './timeline-chart.js';
import type { TimelineData } from './timeline-data.js';
import type { HourSum } from './timeline-model.js';

export function TimelinePanel({ timeline }: { readonly timeline: TimelineData }) {
  const [form, setForm] = useState<'chart' | 'table'>('chart');
  const error = timeline.past.error.value ?? timeline.ahead.error.value;
  const sums = timeline.sums.value;
  return (
    <Panel
      title="Timeline"
      note="the last and the next 24 hours"
      kind="timeline"
      end={
        <fieldset class="segments" aria-label="Form of the timeline">
          <button type="button" aria-pressed={form === 'chart'} onClick={() => setForm('chart')}>
            Chart
          </button>
          <button type="button" aria-pressed={form === 'table'} onClick={() => setForm('table')}>
            Table
          </button>
        </fieldset>
      }
    >
      {error !== undefined && <Problem error={error} onRetry={timeline.past.refresh} />}
      {sums === undefined ? (
        error === undefined && <Loading what="the timeline" />
      ) : form === 'chart' ? (
        <TimelineChart timeline={timeline} sums={sums} />
      ) : (
        <HourTable sums={sums} now={timeline.span.value.now} />
      )}
    </Panel>
  );
}

const COLUMNS: readonly RunStatus[] = ENDED;

function HourTable({ sums, now }: { readonly sums: readonly HourSum[]; readonly now: number }) {
  const shown = sums.filter(({ ran, due }) => ran > 0 || due > 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section class="scroll-y" tabIndex={0} aria-label="Runs by hour">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Hour from</th>
            {COLUMNS.map((status) => (
              <th key={status} scope="col" class="end">
                {status}
              </th>
            ))}
            <th scope="col" class="end">
              goes on
            </th>
            <th scope="col" class="end">
              due
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((sum) => (
            <tr key={sum.at} class={sum.at <= now && now < sum.at + 3_600_000 ? 'now' : ''}>
              <th scope="row" class="figures">
                {formatDay(sum.at)} {formatClock(sum.at)}
              </th>
              {COLUMNS.map((status) => (
                <Count key={status} count={sum.counts[status] ?? 0} />
              ))}
              <Count count={goingOn(sum)} />
              <Count count={sum.due} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Count({ count }: { readonly count: number }) {
  return <td class={count === 0 ? 'end figures muted' : 'end figures'}>{formatCount(count)}</td>;
}

function goingOn({ ran, counts }: HourSum): number {
  return ran - ENDED.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}
