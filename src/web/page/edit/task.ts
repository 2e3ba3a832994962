/** Tasks as they are edited: the JSON of what a timetable has, of which a form knows some keys. Pure. */
import type { Json, TaskForm } from '../../api/record.js';

/** With another value for a key; undefined takes the key out. */
export function withKey(task: TaskForm, key: string, value: Json | undefined): TaskForm {
  if (value !== undefined) return { ...task, [key]: value };
  const { [key]: _, ...rest } = task;
  return rest;
}

/** The text of a key that has one word, or nothing. */
export function textIn(task: TaskForm, key: string): string {
  const value = task[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What is typed for a key; nothing takes it out. Figures alone are a number. */
export function typed(text: string): Json | undefined {
  if (text.trim() === '') return undefined;
  return /^\d+$/.test(text.trim()) ? Number(text) : text;
}

export type ScheduleForm = string | Readonly<Record<string, Json>>;

export function schedulesOf(task: TaskForm): readonly ScheduleForm[] {
  const when = task['when'];
  if (when === undefined || when === null) return [];
  return (Array.isArray(when) ? when : [when]) as ScheduleForm[];
}

export function withSchedules(task: TaskForm, schedules: readonly ScheduleForm[]): TaskForm {
  const [first] = schedules;
  return withKey(task, 'when', schedules.length < 2 ? first : schedules);
}

export const TARGET_KINDS = ['cmd', 'exec', 'python', 'node', 'uv', 'docker'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** Undefined: what it runs is more than a form has fields for, such as steps. */
export function targetOf(task: TaskForm): { readonly kind: TargetKind; readonly text: string } | undefined {
  if (task['uses'] !== undefined || task['exec'] !== undefined) return undefined;
  const run = task['run'] ?? '';
  if (typeof run !== 'string') return undefined;
  const [, scheme, rest = ''] = /^(cmd|exec|python|node|uv|docker):([\s\S]*)$/.exec(run) ?? [];
  return scheme === undefined ? { kind: 'cmd', text: run } : { kind: scheme as TargetKind, text: rest };
}

export function withTarget(task: TaskForm, kind: TargetKind, text: string): TaskForm {
  // A line that begins like another kind of target has to say that it is none.
  const isPlain = kind === 'cmd' && !/^[a-z]+:/.test(text);
  return withKey(task, 'run', isPlain ? text : `${kind}:${text}`);
}

/** A map of names to texts, such as `env`. */
export function mapIn(task: TaskForm, key: string): Readonly<Record<string, Json>> {
  const value = task[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {};
}

export type KeyChange = {
  readonly key: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
};

/** What is other in the second, key by key. */
export function changesBetween(before: TaskForm, after: TaskForm): readonly KeyChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .map((key) => ({ key, before: before[key], after: after[key] }))
    .filter((change) => !isSame(change.before, change.after));
}

/** Theirs, with the keys that I have changed as I have them. */
export function combined(base: TaskForm, mine: TaskForm, theirs: TaskForm): TaskForm {
  return changesBetween(base, mine).reduce((task, { key, after }) => withKey(task, key, after), theirs);
}

export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one, other] as readonly Readonly<Record<string, Json>>[];
  const keys = Object.keys(left ?? {});
  return (
    keys.length === Object.keys(right ?? {}).length && keys.every((key) => isSame(left?.[key], right?.[key]))
  );
}
