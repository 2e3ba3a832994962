/** Parts of forms: a label, what is typed, and what is wrong with it. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export type FieldProps = {
  readonly label: string;
  /** What it is for. */
  readonly hint?: ComponentChildren;
  /** What is wrong with it. */
  readonly error?: string | undefined;
  readonly children: (attributes: FieldAttributes) => ComponentChildren;
};

export type FieldAttributes = {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: 'true';
};

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const about = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(about.length === 0 ? {} : { 'aria-describedby': about.join(' ') }),
        ...(error === undefined ? {} : { 'aria-invalid': 'true' as const }),
      })}
      {error !== undefined && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

export type TextFieldProps = Omit<FieldProps, 'children'> & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string | undefined;
  readonly disabled?: boolean;
  readonly required?: boolean;
  /** For code: more than one line. */
  readonly rows?: number;
  readonly mono?: boolean;
  /** What may be meant, while one types. */
  readonly suggestions?: readonly string[];
};

export function TextField({ value, onChange, rows, mono = false, suggestions, ...field }: TextFieldProps) {
  const { placeholder, disabled = false, required = false } = field;
  const list = useId();
  return (
    <Field {...field}>
      {(attributes) => {
        const shared = {
          ...attributes,
          class: mono ? 'mono' : '',
          value,
          disabled,
          required,
          spellcheck: false,
          ...(placeholder === undefined ? {} : { placeholder }),
        };
        if (rows !== undefined)
          return (
            <textarea {...shared} rows={rows} onInput={(event) => onChange(event.currentTarget.value)} />
          );
        return (
          <>
            <input
              {...shared}
              type="text"
              autocomplete="off"
              {...(suggestions === undefined ? {} : { list })}
              onInput={(event) => onChange(event.currentTarget.value)}
            />
            {suggestions !== undefined && (
              <datalist id={list}>
                {suggestions.map((each) => (
                  <option key={each} value={each} />
                ))}
              </datalist>
            )}
          </>
        );
      }}
    </Field>
  );
}

export type SelectFieldProps = Omit<FieldProps, 'children'> & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly disabled?: boolean;
};

export function SelectField({ value, onChange, options, disabled = false, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
