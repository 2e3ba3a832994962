/** Who comes after whom, as text, as Mermaid, and as a record. Pure. */
import { formatTarget } from './target.js';
import type { Task } from './task.js';

export type Edge = { readonly from: string; readonly to: string; readonly outcomes: readonly string[] };

export type Graph = {
  readonly tasks: readonly {
    readonly id: string;
    readonly schedules: readonly string[];
    readonly target: string;
    readonly pools: readonly string[];
    readonly enabled: boolean;
  }[];
  /** From what comes first to what comes after it. */
  readonly edges: readonly Edge[];
  readonly pools: readonly { readonly name: string; readonly max: number }[];
};

/** @param hide - For what may hold a secret. */
export function graphOf(tasks: readonly Task[], hide: (text: string) => string): Graph {
  const pools = new Map(tasks.flatMap(({ gate }) => gate?.pools ?? []).map((pool) => [pool.name, pool]));
  return {
    tasks: tasks.map(({ id, schedules, steps, gate, enabled }) => ({
      id,
      schedules: schedules.map(({ text }) => text),
      target: hide(steps.map(({ target }) => formatTarget(target)).join('; ')),
      pools: gate?.pools.map(({ name }) => name) ?? [],
      enabled,
    })),
    edges: tasks.flatMap(({ id, gate }) =>
      (gate?.after ?? []).map(({ task, outcomes }) => ({ from: task, to: id, outcomes })),
    ),
    pools: [...pools.values()],
  };
}

/**
 * A tree for a terminal: each task below what it comes after. One that comes after several is drawn below the first and
 * named below the others.
 */
export function graphText(graph: Graph): string[] {
  const { tasks, edges, pools } = graph;
  const below = new Map<string, Edge[]>();
  for (const edge of edges) below.set(edge.from, [...(below.get(edge.from) ?? []), edge]);
  const isAfter = new Set(edges.map(({ to }) => to));
  const drawn = new Set<string>();
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const lines: string[] = [];
  // By hand rather than by recursion: chains may be long.
  const stack = tasks
    .filter(({ id }) => !isAfter.has(id))
    .map(({ id }) => ({ id, lead: '', branch: '', edge: undefined as Edge | undefined }))
    .reverse();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { id, lead, branch, edge } = top;
    const isAgain = drawn.has(id);
    drawn.add(id);
    const task = byId.get(id);
    const when = task === undefined || isAgain ? '' : detailOf(task);
    lines.push(
      `${lead}${branch}${edge === undefined ? '' : outcomesOf(edge)}${id}${isAgain ? ' (above)' : when}`,
    );
    if (isAgain) continue;
    const children = below.get(id) ?? [];
    const inside = branch === '' ? lead : `${lead}${branch.startsWith('└') ? '   ' : '│  '}`;
    const entries = children.map((child, index) => ({
      id: child.to,
      lead: inside,
      branch: index === children.length - 1 ? '└─ ' : '├─ ',
      edge: child,
    }));
    stack.push(...entries.reverse());
  }
  const places = pools.map(({ name, max }) => {
    const members = tasks.filter((task) => task.pools.includes(name)).map(({ id }) => id);
    return `pool ${name} (${max}): ${members.join(', ')}`;
  });
  return [...lines, ...(places.length === 0 ? [] : ['', ...places])];
}

function detailOf({ schedules, enabled }: Graph['tasks'][number]): string {
  const when = schedules.length === 0 ? '' : `  [${schedules.join(' | ')}]`;
  return `${when}${enabled ? '' : '  (disabled)'}`;
}

/** A success needs no word. */
function outcomesOf({ outcomes }: Edge): string {
  return outcomes.length === 1 && outcomes[0] === 'succeeded' ? '' : `${wordsOf(outcomes)}: `;
}

function wordsOf(outcomes: readonly string[]): string {
  return outcomes.length >= 5 ? 'any end' : outcomes.join(' or ');
}

/** https://mermaid.js.org/syntax/flowchart.html */
export function graphMermaid({ tasks, edges }: Graph): string[] {
  const names = new Map(tasks.map(({ id }, index) => [id, `t${index}`]));
  const nodes = tasks.map(({ id, schedules }) => {
    const when = schedules.length === 0 ? '' : `<br/>${schedules.map(escapeMermaid).join('<br/>')}`;
    return `  ${names.get(id)}["${escapeMermaid(id)}${when}"]`;
  });
  const arrows = edges.map((edge) => {
    const isPlain = outcomesOf(edge) === '';
    const label = isPlain ? '' : `|${wordsOf(edge.outcomes)}|`;
    return `  ${names.get(edge.from)} -->${label} ${names.get(edge.to)}`;
  });
  return ['flowchart TD', ...nodes, ...arrows];
}

/** Entities: quotes end a label, and `#` begins an entity. */
function escapeMermaid(text: string): string {
  return text.replace(/[#"<>&\n\r]/g, (char) => `#${char.charCodeAt(0)};`);
}
