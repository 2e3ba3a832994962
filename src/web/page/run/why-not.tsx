/** Why a moment was skipped or missed, or what a run waits for. */

import { path } from '../../api/client.js';
import type { RunRecord, Why } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { formatInstant, plural } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { Problem } from '../../view/state.js';

export function WhyNot({ run }: { readonly run: RunRecord }) {
  const { namespace, job, status, scheduledAt, count = 1, firstAt, lastAt } = run;
  const isAsked = status === 'skipped' || status === 'missed' || status === 'waiting';
  const why = useResource<Why>(
    isAsked ? path(['namespaces', namespace, 'jobs', job, 'why'], { at: scheduledAt }) : undefined,
  );
  if (!isAsked) return null;
  const { data, error } = why;
  return (
    <div class="why" role="note">
      <Icon name="help" />
      <div>
        {data.value !== undefined && <p>{data.value.sentence}</p>}
        {count > 1 && firstAt !== undefined && lastAt !== undefined && (
          <p class="muted">
            This record stands for {plural(count, 'moment')}, from {formatInstant(new Date(firstAt))} to{' '}
            {formatInstant(new Date(lastAt))}.
          </p>
        )}
        {error.value !== undefined && <Problem error={error.value} />}
      </div>
    </div>
  );
}
