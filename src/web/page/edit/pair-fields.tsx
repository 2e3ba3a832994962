/** Names and values, such as variables of the environment. */
import { useEffect, useState } from 'preact/hooks';
import type { Json } from '../../api/record.js';
import { Icon } from '../../view/icon.js';
import type { Fields } from './draft.js';
import { isSame, mapIn } from './task.js';

type Pair = { readonly name: string; readonly value: Json };

export function PairFields({
  fields: { task, set, errorOf },
  name: key,
  title,
  one,
}: {
  readonly fields: Fields;
  /** The key of the task. */
  readonly name: string;
  readonly title: string;
  /** What one of them is called. */
  readonly one: string;
}) {
  const kept = mapIn(task, key);
  // With rows whose name is still to be typed, which no map can hold.
  const [pairs, setPairs] = useState<readonly Pair[]>(() => pairsOf(kept));
  useEffect(() => {
    if (!isSame(mapOf(pairs) ?? {}, kept)) setPairs(pairsOf(kept));
  }, [kept]);
  const update = (next: readonly Pair[]) => {
    setPairs(next);
    set(key, mapOf(next));
  };
  const change = (at: number, changed: Partial<Pair>) =>
    update(pairs.map((pair, index) => (index === at ? { ...pair, ...changed } : pair)));
  const error = errorOf(key);
  return (
    <fieldset class="fields pairs">
      <legend>{title}</legend>
      <div>
        {pairs.map(({ name, value }, at) => (
          <div class="pair" key={at}>
            <input
              type="text"
              class="mono"
              aria-label={`${one}: name`}
              placeholder="NAME"
              value={name}
              onInput={(event) => change(at, { name: event.currentTarget.value })}
            />
            <input
              type="text"
              class="mono"
              aria-label={`${one}: value of ${name}`}
              placeholder="value"
              value={typeof value === 'object' ? JSON.stringify(value) : String(value)}
              onInput={(event) => change(at, { value: event.currentTarget.value })}
            />
            <button
              type="button"
              class="quiet"
              aria-label={`Take out ${name || 'it'}`}
              onClick={() => update(pairs.filter((_, index) => index !== at))}
            >
              <Icon name="cross" />
            </button>
          </div>
        ))}
        {error !== undefined && <p class="field-error">{error}</p>}
        <button type="button" class="quiet" onClick={() => setPairs([...pairs, { name: '', value: '' }])}>
          <Icon name="plus" /> {one}
        </button>
      </div>
    </fieldset>
  );
}

function pairsOf(map: Readonly<Record<string, Json>>): readonly Pair[] {
  return Object.entries(map).map(([name, value]) => ({ name, value }));
}

function mapOf(pairs: readonly Pair[]): Readonly<Record<string, Json>> | undefined {
  const named = pairs.filter(({ name }) => name.trim() !== '');
  return named.length === 0
    ? undefined
    : Object.fromEntries(named.map(({ name, value }) => [name.trim(), value]));
}
