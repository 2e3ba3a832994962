/** Somebody else has saved the same job meanwhile: what they changed, and what is to become of mine. */
import type { Definition, Json, TaskForm } from '../../api/record.js';
import { Icon } from '../../view/icon.js';
import { Relative } from '../../view/time.js';
import { changesBetween, combined } from './task.js';

export function Conflict({
  base,
  mine,
  theirs,
  onChoose,
}: {
  /** What both began with. */
  readonly base: TaskForm;
  readonly mine: TaskForm;
  readonly theirs: Definition;
  /** What is gone on with; it is not saved yet. */
  readonly onChoose: (task: TaskForm) => void;
}) {
  const changes = changesBetween(base, theirs.task);
  const own = new Set(changesBetween(base, mine).map(({ key }) => key));
  const both = changes.filter(({ key }) => own.has(key)).map(({ key }) => key);
  return (
    <div class="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p>
          {theirs.by} has changed this job <Relative at={theirs.changedAt} />, while you were at it. Nothing
          that you typed is lost, and nothing is saved yet. <code>CHANGED</code>
        </p>
        <ul class="differences">
          {changes.map(({ key, before, after }) => (
            <li key={key}>
              <strong>{key}</strong>
              {own.has(key) && ' (you changed it, too)'}
              <div>
                <del>{textOf(before)}</del> → <ins>{textOf(after)}</ins>
              </div>
            </li>
          ))}
        </ul>
        <p class="presets">
          <button type="button" onClick={() => onChoose(combined(base, mine, theirs.task))}>
            {both.length === 0 ? 'Keep both changes' : `Keep both, and mine for ${both.join(', ')}`}
          </button>
          <button type="button" onClick={() => onChoose(mine)}>
            Keep only mine
          </button>
          <button type="button" onClick={() => onChoose(theirs.task)}>
            Take theirs
          </button>
        </p>
      </div>
    </div>
  );
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
