/** A job as a form: what most jobs need; whatever else a task may say stays as it is, and can be edited as text. */
import type { Finding, TaskForm } from '../../api/record.js';
import { SelectField, TextField } from '../../view/field.js';
import { useNamespaceNames } from '../../view/namespace.js';
import type { Draft, Fields } from './draft.js';
import { PairFields } from './pair-fields.js';
import { ParamList } from './param-list.js';
import { ScheduleFields } from './schedule-fields.js';
import { TARGET_KINDS, targetOf, textIn, typed, withKey, withTarget } from './task.js';
import { FindingText } from './text-fields.js';

export type TaskFieldsProps = {
  readonly draft: Draft;
  readonly namespaces: readonly string[];
  readonly isNew: boolean;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly onChange: (draft: Draft) => void;
  /** Edit it as text. */
  readonly onText: () => void;
};

const KNOWN = new Set([
  ...['name', 'description', 'enabled', 'params', 'when', 'tz', 'run', 'env', 'cwd', 'timeout', 'overlap'],
  ...['max-running', 'missed', 'deadline', 'retry'],
]);

export function TaskFields({ draft, namespaces, isNew, findings, onChange, onText }: TaskFieldsProps) {
  const { task } = draft;
  const setTask = (next: TaskForm) => onChange({ ...draft, task: next });
  const fields: Fields = {
    task,
    setTask,
    set: (key, value) => setTask(withKey(task, key, value)),
    errorOf: (key) => findings.get(key)?.find(({ severity }) => severity !== 'note')?.message,
  };
  const others = Object.keys(task).filter((key) => !KNOWN.has(key) || isBeyond(task, key));
  const rest = [...findings].filter(([key]) => !KNOWN.has(key)).flatMap(([, list]) => list);
  return (
    <>
      {rest.length > 0 && (
        <ul class="findings panel inside">
          {rest.map((finding, at) => (
            <li key={at} class={finding.severity}>
              <FindingText finding={finding} />
            </li>
          ))}
        </ul>
      )}
      <Group title="Job">
        <Names draft={draft} namespaces={namespaces} isNew={isNew} fields={fields} onChange={onChange} />
      </Group>
      <Group title="What it runs">
        <Target fields={fields} onText={onText} />
        <PairFields fields={fields} name="env" title="Environment" one="Variable" />
        <TextField
          label="Directory"
          mono
          placeholder="the scheduler's own"
          value={textIn(task, 'cwd')}
          error={fields.errorOf('cwd')}
          onChange={(cwd) => fields.set('cwd', cwd || undefined)}
        />
      </Group>
      <Group title="When">
        <ScheduleFields fields={fields} onText={onText} />
      </Group>
      <Group title="How">
        <Policies fields={fields} />
      </Group>
      <Group title="Parameters">
        <ParamList fields={fields} />
      </Group>
      {others.length > 0 && (
        <p class="muted">
          It also has {others.join(', ')}, which stay as they are.{' '}
          <button type="button" class="quiet" onClick={onText}>
            Edit as text
          </button>
        </p>
      )}
    </>
  );
}

/** A key that the form knows, with a value that it has no field for. */
function isBeyond(task: TaskForm, key: string): boolean {
  return key === 'retry' && Array.isArray(task[key]);
}

function Group({ title, children }: { readonly title: string; readonly children: preact.ComponentChildren }) {
  return (
    <section class="panel group" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      <div class="inside form">{children}</div>
    </section>
  );
}

function Names({
  draft,
  namespaces,
  isNew,
  fields: { task, set, errorOf },
  onChange,
}: Omit<TaskFieldsProps, 'findings' | 'onText'> & { readonly fields: Fields }) {
  const nameOf = useNamespaceNames();
  return (
    <>
      <div class="field-row">
        <TextField
          label="Id"
          mono
          required
          disabled={!isNew}
          placeholder="nightly-backup"
          hint="letters, digits, “.”, “_” and “-”"
          value={draft.id}
          onChange={(id) => onChange({ ...draft, id: id.trim() })}
        />
        <SelectField
          label="Namespace"
          disabled={!isNew}
          value={draft.namespace}
          options={namespaces.map((value) => ({ value, text: nameOf(value) }))}
          onChange={(namespace) => onChange({ ...draft, namespace })}
        />
      </div>
      <div class="field-row">
        <TextField
          label="Name"
          placeholder="for people"
          value={textIn(task, 'name')}
          error={errorOf('name')}
          onChange={(name) => set('name', name || undefined)}
        />
        <TextField
          label="Description"
          value={textIn(task, 'description')}
          error={errorOf('description')}
          onChange={(description) => set('description', description || undefined)}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={task['enabled'] !== false}
          onChange={(event) => set('enabled', event.currentTarget.checked ? undefined : false)}
        />
        Enabled: it is run when it is due
      </label>
    </>
  );
}

const KIND_TEXTS = {
  cmd: 'a shell line, or a .py, .js or .ts file',
  exec: 'a program with arguments',
  python: 'Python',
  node: 'JavaScript',
  uv: 'uv run …',
  docker: 'a container: IMAGE COMMAND',
} as const;

function Target({ fields, onText }: { readonly fields: Fields; readonly onText: () => void }) {
  const { task, setTask, errorOf } = fields;
  const target = targetOf(task);
  if (target === undefined)
    return (
      <p>
        It has several steps, or uses a ready-made thing, for which text is better.{' '}
        <button type="button" onClick={onText}>
          Edit as text
        </button>
      </p>
    );
  const { kind, text } = target;
  return (
    <>
      <SelectField
        label="Kind"
        value={kind}
        options={TARGET_KINDS.map((value) => ({ value, text: KIND_TEXTS[value] }))}
        onChange={(next) => setTask(withTarget(task, next as typeof kind, text))}
      />
      <TextField
        label="Command"
        mono
        required
        rows={kind === 'python' || kind === 'node' ? 6 : 2}
        placeholder="./backup.sh --all"
        value={text}
        error={errorOf('run')}
        onChange={(next) => setTask(withTarget(task, kind, next))}
      />
    </>
  );
}

const OVERLAPS = [
  { value: '', text: 'skip the new one (default)' },
  { value: 'queue', text: 'let one wait' },
  { value: 'parallel', text: 'run them side by side' },
  { value: 'replace', text: 'stop the old one' },
];
const MISSED = [
  { value: '', text: 'run the latest (default)' },
  { value: 'skip', text: 'leave them out' },
  { value: 'all', text: 'run all, at most 100' },
];

function Policies({ fields: { task, set, errorOf } }: { readonly fields: Fields }) {
  const short = (label: string, key: string, placeholder: string, hint: string) => (
    <TextField
      label={label}
      value={textIn(task, key)}
      placeholder={placeholder}
      hint={hint}
      error={errorOf(key)}
      onChange={(text) => set(key, typed(text))}
    />
  );
  const isRetryText = typeof task['retry'] !== 'object';
  return (
    <>
      <div class="field-row">
        <SelectField
          label="Due while it still runs"
          value={textIn(task, 'overlap') === 'skip' ? '' : textIn(task, 'overlap')}
          options={OVERLAPS}
          onChange={(value) => set('overlap', value || undefined)}
        />
        <SelectField
          label="Moments that were missed"
          value={textIn(task, 'missed') === 'latest' ? '' : textIn(task, 'missed')}
          options={MISSED}
          onChange={(value) => set('missed', value || undefined)}
        />
      </div>
      <div class="field-row">
        {short('Timeout', 'timeout', 'none', '90s, 10m, 1h30m')}
        {isRetryText && short('Attempts in all', 'retry', '1', 'tried again when it fails')}
        {short('At once', 'max-running', '1', 'so many runs of it')}
        {short('Late at most', 'deadline', '1h', 'for missed moments')}
      </div>
      {!isRetryText && <p class="muted">How it is tried again says more than a number: edit it as text.</p>}
    </>
  );
}
