/** What is edited, and what a group of fields may do with it. */
import type { Json, TaskForm } from '../../api/record.js';

export type Draft = { readonly namespace: string; readonly id: string; readonly task: TaskForm };

/** What a group of fields works on. */
export type Fields = {
  readonly task: TaskForm;
  readonly set: (key: string, value: Json | undefined) => void;
  readonly setTask: (task: TaskForm) => void;
  readonly errorOf: (key: string) => string | undefined;
};
