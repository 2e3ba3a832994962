/** Jobs that were made through the API, as they were given. */
import type { Json } from './record.js';

/** What a timetable has below `tasks: ID:`. */
export type TaskForm = Readonly<Record<string, Json>>;

export type Definition = {
  readonly namespace: string;
  readonly id: string;
  readonly origin: 'api';
  readonly task: TaskForm;
  readonly enabled: boolean;
  /** The source of the scheduler has a job of this name, which runs in its place. */
  readonly shadowed: boolean;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly by: string;
};

/** What is kept of how any job is defined. */
export type JobDefinition = {
  readonly schedules: readonly DefinedSchedule[];
  readonly deadlineMs: number | null;
  readonly keep: { readonly runs?: number; readonly ageMs?: number; readonly bytes?: number } | null;
  /** From when on what is due counts, where it has been told. */
  readonly countsFrom: string | null;
};

export type DefinedSchedule = {
  readonly text: string;
  /** Null where only another version can read it. */
  readonly meaning: string | null;
  readonly class: 'fixed-time' | 'interval' | 'start' | null;
  readonly tz: string;
  readonly enabled: boolean;
  readonly warnings: readonly string[];
};

/** `supertask check --json`. */
export type Checked = {
  readonly clean: boolean;
  readonly findings: readonly Finding[];
};

export type Finding = {
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: string;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly hint: string | null;
  readonly excerpt: string | null;
};

/** `supertask explain --json`. */
export type Explained = {
  readonly expr: string;
  readonly tz: string;
  readonly meaning: string;
  readonly class: string;
  readonly next: readonly string[];
  readonly clockChange: { readonly at: string; readonly text: string } | null;
  readonly warnings: readonly string[];
};
