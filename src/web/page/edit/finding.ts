/** Which field of a form a finding is about. Pure. */
import type { Finding, TaskForm } from '../../api/record.js';

export type Notation = 'yaml' | 'json';

/** The text that is checked in place of a form: each key of the task begins a line with six spaces. */
export function textOfForm(id: string, task: TaskForm): string {
  return JSON.stringify({ tasks: { [id || 'job']: task } }, null, 2);
}

/** The first key of the task at or above the line of a finding. */
function keyOf({ line }: Finding, text: string): string | undefined {
  const lines = text.split('\n').slice(0, line ?? 0);
  const own = lines.findLast((each) => /^ {6}"/.test(each));
  return own === undefined ? undefined : /^ {6}"((?:[^"\\]|\\.)*)":/.exec(own)?.[1];
}

/** What is wrong, by key; '' for what concerns none of them. */
export function byKey(findings: readonly Finding[], text: string): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = keyOf(finding, text) ?? '';
    found.set(key, [...(found.get(key) ?? []), finding]);
  }
  return found;
}
