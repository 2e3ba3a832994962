/** Shell lines that the shell cannot read. */
import { findSyntaxErrors, type ShellLine } from '../../executor/shell-syntax.js';
import { type CheckContext, isTemplate, type Work, worksOf } from './context.js';
import { type Finding, finding } from './finding.js';

export async function checkShellLines(context: CheckContext): Promise<readonly Finding[]> {
  const works = new Map<string, { readonly asked: ShellLine; readonly users: Work[] }>();
  for (const work of worksOf(context)) {
    const { target } = work.step;
    if (target.kind !== 'cmd' || isTemplate(target.line)) continue;
    const { line, words } = target;
    const key = JSON.stringify([line, words]);
    const entry = works.get(key) ?? { asked: { line, words }, users: [] };
    entry.users.push(work);
    works.set(key, entry);
  }
  const all = [...works.values()];
  const wrong = await findSyntaxErrors(all.map(({ asked }) => asked));
  return [...wrong].flatMap(([index, words]) =>
    (all[index]?.users ?? []).map(({ task, place }) =>
      finding('SHELL_SYNTAX', `the shell cannot read this line: ${words}`, place('run'), {
        hint: 'Is a quote or a bracket not closed? Within YAML, a whole line is best put after run: |',
        task: task.id,
      }),
    ),
  );
}
