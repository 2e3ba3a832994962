/** What a job may be told: names, defaults, choices. */
import { useEffect, useState } from 'preact/hooks';
import type { Json } from '../../api/record.js';
import { TextField } from '../../view/field.js';
import { Icon } from '../../view/icon.js';
import { type ParamForm, paramsOf } from '../job/param-fields.js';
import type { Fields } from './draft.js';
import { isSame, withKey } from './task.js';

const NONE: ParamForm = { name: '', default: '', required: false, choices: [], description: undefined };

export function ParamList({ fields: { task, set, errorOf } }: { readonly fields: Fields }) {
  const [params, setParams] = useState(() => paramsOf(task));
  useEffect(() => {
    const kept = paramsOf(task);
    if (!isSame(formOf(params) ?? null, formOf(kept) ?? null)) setParams(kept);
  }, [task['params']]);
  const update = (next: readonly ParamForm[]) => {
    setParams(next);
    set('params', formOf(next));
  };
  const change = (at: number, changed: Partial<ParamForm>) =>
    update(params.map((param, index) => (index === at ? { ...param, ...changed } : param)));
  const error = errorOf('params');
  return (
    <div>
      {params.map((param, at) => (
        <div key={at} class="param">
          <TextField
            label="Name"
            mono
            value={param.name}
            onChange={(name) => change(at, { name: name.trim() })}
          />
          <TextField
            label="Default"
            placeholder={param.required ? 'it has to be given' : ''}
            disabled={param.required}
            value={param.default ?? ''}
            onChange={(given) => change(at, { default: given })}
          />
          <TextField
            label="Choices"
            placeholder="any; or a, b, c"
            value={param.choices.join(', ')}
            onChange={(text) =>
              change(at, { choices: text.split(/, ?/).filter((each, index) => each !== '' || index > 0) })
            }
          />
          <label class="check">
            <input
              type="checkbox"
              checked={param.required}
              onChange={(event) => change(at, { required: event.currentTarget.checked })}
            />
            required
          </label>
          <button
            type="button"
            class="quiet"
            aria-label={`Take out ${param.name || 'it'}`}
            onClick={() => update(params.filter((_, index) => index !== at))}
          >
            <Icon name="cross" />
          </button>
        </div>
      ))}
      {error !== undefined && <p class="field-error">{error}</p>}
      <button type="button" class="quiet" onClick={() => setParams([...params, NONE])}>
        <Icon name="plus" /> Parameter
      </button>
      {params.length > 0 && (
        <p class="field-hint">
          The command has them as <code>$SUPERTASK_ARG_NAME</code>, and as <code>{'${{ params.NAME }}'}</code>
          .
        </p>
      )}
    </div>
  );
}

/** In the form of a timetable; undefined: there are none. */
function formOf(params: readonly ParamForm[]): Json | undefined {
  const named = params.filter(({ name }) => name !== '');
  if (named.length === 0) return undefined;
  return Object.fromEntries(named.map((param) => [param.name, oneOf(param)]));
}

function oneOf({ default: given = '', required, choices, description }: ParamForm): Json {
  const said = choices.filter((choice) => choice !== '');
  if (!required && said.length === 0 && description === undefined) return given;
  const form: Readonly<Record<string, Json>> = required ? { required: true } : { default: given };
  const withChoices = withKey(form, 'choices', said.length === 0 ? undefined : said);
  return withKey(withChoices, 'description', description);
}
