/** Jobs that come so often that a calendar would show nothing else. */
import { jobHref } from '../../route.js';
import { formatCount, plural } from '../../view/format.js';
import { useMedia } from '../../view/media.js';
import { type DayPlan, type Frequent, keyOf } from './occurrence.js';

const SHOWN = 12;
const SHOWN_NARROW = 4;

export function FrequentJobs({ plans }: { readonly plans: readonly DayPlan[] }) {
  const shown = useMedia('(max-width: 719px)') ? SHOWN_NARROW : SHOWN;
  const jobs = sumOf(plans);
  if (jobs.length === 0) return null;
  return (
    <section class="frequent" aria-labelledby="frequent">
      <h2 id="frequent">Often</h2>
      <ul>
        {jobs.slice(0, shown).map(({ namespace, job, count, bad }) => (
          <li key={`${namespace} ${job}`}>
            <a class="chip" href={jobHref(namespace, job)} title={job}>
              <span class="chip-name">{job}</span> <span class="muted figures">{formatCount(count)} ×</span>
              {bad > 0 && <span class="chip-bad figures">{formatCount(bad)} bad</span>}
            </a>
          </li>
        ))}
        {jobs.length > shown && <li class="muted">and {plural(jobs.length - shown, 'more job')}</li>}
      </ul>
    </section>
  );
}

function sumOf(plans: readonly DayPlan[]): Frequent[] {
  const found = new Map<string, Frequent>();
  for (const each of plans.flatMap(({ frequent }) => frequent)) {
    const known = found.get(keyOf(each));
    found.set(keyOf(each), {
      ...each,
      count: (known?.count ?? 0) + each.count,
      bad: (known?.bad ?? 0) + each.bad,
    });
  }
  return [...found.values()].sort((a, b) => b.bad - a.bad || b.count - a.count);
}
