/** What a list is narrowed down by; kept in the address. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { setQuery } from '../route.js';
import { Icon } from './icon.js';
import { useMedia } from './media.js';
import { Popover } from './popover.js';

const TYPING_MS = 150;

/** Narrows down while one types, once the fingers rest. */
export function SearchField({
  label,
  value,
  name = 'search',
}: {
  readonly label: string;
  readonly value: string;
  /** In the address. */
  readonly name?: string;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => setQuery({ [name]: text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={`${label} (/)`}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}

/** A search and what else narrows down; on a phone the latter opens by a button. */
export function FilterBar({
  label,
  search,
  set,
  children,
}: {
  /** What is looked for. */
  readonly label: string;
  readonly search: ComponentChildren;
  /** How many filters hold. */
  readonly set: number;
  readonly children: ComponentChildren;
}) {
  const isNarrow = useMedia('(max-width: 719px)');
  const [open, setOpen] = useState(false);
  return (
    <search class="filters" aria-label={label}>
      {search}
      {isNarrow && (
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="filter" /> Filters{set > 0 && ` (${set})`}
        </button>
      )}
      {(!isNarrow || open) && children}
    </search>
  );
}

export type Option = { readonly value: string; readonly text: string };

/** One of a few; the first is the default, and in no address. */
export function Pick({
  label,
  value,
  options,
  onPick,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onPick: (value: string) => void;
}) {
  return (
    <label class="pick">
      <span>{label}</span>
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {/* What somebody has typed into the address. */}
        {!options.some((each) => each.value === value) && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Any number of them; none is all. */
export function Choose({
  label,
  name,
  values,
  options,
}: {
  readonly label: string;
  /** In the address, with commas between the values. */
  readonly name: string;
  readonly values: readonly string[];
  readonly options: readonly Option[];
}) {
  const toggle = (value: string) => {
    const next = values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
    setQuery({ [name]: next.join(',') });
  };
  const shown =
    values.length === 0 ? 'any' : values.length < 3 ? values.join(', ') : `${values.length} of them`;
  return (
    <div class="pick">
      <span aria-hidden="true">{label}</span>
      <Popover
        label={`${label}: ${shown}`}
        class="choose"
        button={
          <>
            {shown} <Icon name="down" />
          </>
        }
      >
        {() => (
          <fieldset class="choices">
            <legend class="hidden">{label}</legend>
            {options.map(({ value, text }) => (
              <label key={value} class="item">
                <input type="checkbox" checked={values.includes(value)} onChange={() => toggle(value)} />
                {text}
              </label>
            ))}
            {values.length > 0 && (
              <button type="button" class="item" onClick={() => setQuery({ [name]: undefined })}>
                <Icon name="cross" /> any
              </button>
            )}
          </fieldset>
        )}
      </Popover>
    </div>
  );
}

/** What has to hold as well: each is typed in, and taken away by itself. */
export function Terms({
  label,
  name,
  values,
}: {
  readonly label: string;
  /** In the address, once for each: values may have commas. */
  readonly name: string;
  readonly values: readonly string[];
}) {
  const [text, setText] = useState('');
  const add = (event: Event) => {
    event.preventDefault();
    const term = text.trim();
    setText('');
    if (term !== '' && !values.includes(term)) setQuery({ [name]: [...values, term] });
  };
  return (
    <>
      <form class="pick" onSubmit={add}>
        <label class="pick">
          <span>{label}</span>
          <input
            type="text"
            class="term"
            placeholder="name=value"
            enterkeyhint="search"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onBlur={add}
          />
        </label>
      </form>
      {values.map((value) => (
        <Chip
          key={value}
          text={`${label.toLowerCase()} ${value}`}
          onRemove={() => setQuery({ [name]: values.filter((each) => each !== value) })}
        />
      ))}
    </>
  );
}

/** Something that narrows down, which a click takes away. */
export function Chip({ text, onRemove }: { readonly text: string; readonly onRemove: () => void }) {
  return (
    <button type="button" class="filter-chip" title={`No longer only ${text}`} onClick={onRemove}>
      <span>{text}</span> <Icon name="cross" />
    </button>
  );
}

/** The values of a part of the address, which has commas or stands there several times. */
export function listIn(query: URLSearchParams, name: string): readonly string[] {
  return query.getAll(name).flatMap((each) => each.split(',').filter(Boolean));
}

/** Takes back all that narrows down. */
export function ClearFilters({ names }: { readonly names: readonly string[] }) {
  return (
    <button
      type="button"
      onClick={() => setQuery(Object.fromEntries(names.map((name) => [name, undefined])))}
    >
      Show all
    </button>
  );
}
