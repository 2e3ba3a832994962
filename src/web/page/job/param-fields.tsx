/** A field for each parameter of a task. */
import type { Json, TaskForm } from '../../api/record.js';
import { SelectField, TextField } from '../../view/field.js';

export type ParamForm = {
  readonly name: string;
  readonly default: string | undefined;
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly description: string | undefined;
};

type Values = Readonly<Record<string, string>>;

export function ParamFields({
  params,
  values,
  onChange,
}: {
  readonly params: readonly ParamForm[];
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}) {
  return (
    <>
      {params.map((param) => {
        const { name, required, choices, description } = param;
        const shared = {
          label: `${name}${required ? ' (required)' : ''}`,
          value: values[name] ?? '',
          onChange: (value: string) => onChange({ ...values, [name]: value }),
          ...(description === undefined ? {} : { hint: description }),
        };
        if (choices.length === 0)
          return <TextField key={name} {...shared} required={required} placeholder={param.default} />;
        const none = {
          value: '',
          text: param.default === undefined ? 'choose …' : `${param.default} (default)`,
        };
        const options = [none, ...choices.map((choice) => ({ value: choice, text: choice }))];
        return <SelectField key={name} {...shared} options={options} />;
      })}
    </>
  );
}

/** The parameters that a task declares, in either of their forms. */
export function paramsOf(task: TaskForm | undefined): readonly ParamForm[] {
  const params = task?.['params'];
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return [];
  return Object.entries(params).map(([name, form]) => paramOf(name, form as Json));
}

function paramOf(name: string, form: Json): ParamForm {
  const isMap = typeof form === 'object' && form !== null && !Array.isArray(form);
  const said = (isMap ? form : { default: form }) as Readonly<Record<string, Json>>;
  const given = said['default'];
  const choices = said['choices'];
  const description = said['description'];
  const hasDefault = given !== undefined && given !== null;
  return {
    name,
    default: hasDefault ? String(given) : undefined,
    required: !hasDefault,
    choices: Array.isArray(choices) ? choices.map(String) : [],
    description: typeof description === 'string' ? description : undefined,
  };
}
