/** The labels of a job, each a link to all jobs that have it. */
import type { JobRecord } from '../../api/record.js';
import { href, partsIn, place } from '../../route.js';

/** `add`: among those that are shown, rather than among all. */
export function Labels({ job, add = false }: { readonly job: JobRecord; readonly add?: boolean }) {
  const labels = Object.entries(job.labels ?? {});
  if (labels.length === 0) return null;
  return (
    <span class="labels">
      {labels.map(([name, value]) => {
        const text = value === '' ? name : `${name}=${value}`;
        return (
          <a key={name} class="tag" href={targetOf(text, add)} title={`Jobs with the label ${text}`}>
            {text}
          </a>
        );
      })}
    </span>
  );
}

function targetOf(text: string, add: boolean): string {
  if (!add) return href({ path: ['jobs'], query: { label: text } });
  const { query } = place.value;
  const known = query.getAll('label');
  return href({
    path: ['jobs'],
    query: { ...partsIn(query), label: known.includes(text) ? known : [...known, text] },
  });
}
