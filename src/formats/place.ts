/** Where the parts of tasks stand in the text of their file, in whatever form it is written. */
import type { Location } from '../errors.js';
import type { Node } from './node.js';
import { slotPlaces } from './slot-place.js';
import type { Report } from './source.js';
import { SETTING_KEYS } from './task-setting.js';

/**
 * One step on the way to a part: a key as the concise form calls it (`run|exec`: the first of them that is there), or
 * an item of a list that should have so many.
 */
export type Part = string | { readonly index: number; readonly of: number };

export type Places = {
  /**
   * Where a part of a task stands, else the nearest that is written of what it stands in: `('backup', 'cwd')` is the
   * value of its `cwd`, else that of `defaults`, else the id of the task.
   */
  task(id: string, ...path: readonly Part[]): Location;
  /** Where a template stands in a part of a task, each time that it does; else the part. */
  slots(id: string, source: string, ...path: readonly Part[]): readonly Location[];
};

/** What the concise form calls otherwise than the canonical one. */
const CANONICAL: Readonly<Record<string, readonly string[]>> = {
  when: ['on', 'schedule'],
  run: ['steps'],
  name: ['meta', 'name'],
  description: ['meta', 'description'],
  enabled: ['meta', 'enabled'],
};

/** Of a concise task whose steps are called so. */
const STEPS: Names = { run: ['steps'] };

/** Where a schedule stands in a block of a Python file. */
const BLOCK: Readonly<Record<string, string>> = { when: 'when|schedule|schedules|cron|every|daily|at' };

/** What APScheduler's list of jobs calls otherwise. */
const JOB: Readonly<Record<string, readonly string[]>> = {
  when: ['trigger'],
  run: ['func'],
  enabled: ['is_enabled'],
  overlap: ['max_instances'],
  missed: ['coalesce'],
  deadline: ['misfire_grace_time'],
};

/** `names`: what the file calls otherwise than the concise form does. */
type Found = { readonly at: number; readonly node: Node; readonly names: Names };

type Names = Readonly<Record<string, readonly string[]>>;

/** @param root - Of a YAML or JSON file; undefined: nothing is known but the file. */
export function createPlaces(root: Node | undefined, report: Report): Places {
  let tasks: ReadonlyMap<string, Found> | undefined;
  const defaults = child(root, 'defaults');
  const find = (id: string, path: readonly Part[]): Spot | undefined => {
    tasks ??= findTasks(root);
    const task = tasks.get(id);
    if (task === undefined) return undefined;
    const [first] = path;
    const written = translate(path, task.names);
    const own = descend(task.node, written);
    const isShared = typeof first === 'string' && SETTING_KEYS.includes(first);
    const node = own ?? (isShared ? descend(defaults, path) : undefined);
    return { at: node?.at ?? task.at, node };
  };
  return placesBy(find, report);
}

/** Of a Python file, whose block is its only task. */
export function createBlockPlaces(root: Node | undefined, at: number, report: Report): Places {
  const find = (_: string, path: readonly Part[]): Spot => {
    const written = path.map((part) => (typeof part === 'string' ? (BLOCK[part] ?? part) : part));
    const node = descend(root, written);
    return { at: node?.at ?? at, node };
  };
  return placesBy(find, report);
}

/** What is known of a part: where it stands, and what is written there. */
type Spot = { readonly at: number; readonly node: Node | undefined };

function placesBy(find: (id: string, path: readonly Part[]) => Spot | undefined, { source }: Report): Places {
  const locate = (offset: number): Location => source.locate(offset);
  const known = new WeakMap<Node, ReturnType<typeof slotPlaces>>();
  const placesIn = (node: Node): ReturnType<typeof slotPlaces> => {
    const places = known.get(node) ?? slotPlaces(node, source.text);
    known.set(node, places);
    return places;
  };
  const task: Places['task'] = (id, ...path) => {
    const found = find(id, path);
    return found === undefined ? { file: source.file } : locate(found.at);
  };
  return {
    task,
    slots(id, slot, ...path) {
      const node = find(id, path)?.node;
      const offsets = (node && placesIn(node).get(slot)) ?? [];
      return offsets.length === 0 ? [task(id, ...path)] : offsets.map(locate);
    },
  };
}

function translate([first, ...rest]: readonly Part[], names: Names): readonly Part[] {
  if (first === undefined) return [];
  const keys = typeof first === 'string' ? (names[first] ?? [first]) : [first];
  return [...keys, ...rest];
}

/** The deepest part of a path that is there; undefined when not even the first is. */
function descend(from: Node | undefined, path: readonly Part[]): Node | undefined {
  let found: Node | undefined;
  let node = from;
  for (const part of path) {
    node = node && next(node, part);
    if (node === undefined) return found;
    found = node;
  }
  return found;
}

function next(node: Node, part: Part): Node | undefined {
  if (typeof part === 'string') {
    return part
      .split('|')
      .map((key) => child(node, key))
      .find((value) => value !== undefined);
  }
  // One thing may stand in place of a list. Where items are left out as wrong, nobody knows which is meant.
  if (node.kind !== 'list') return node;
  return node.items.length === part.of ? node.items[part.index] : undefined;
}

function findTasks(root: Node | undefined): ReadonlyMap<string, Found> {
  const tasks = child(root, 'tasks');
  const found = new Map<string, Found>();
  const add = (id: string, task: Found): void => {
    if (!found.has(id)) found.set(id, task);
  };
  if (tasks?.kind === 'map') {
    for (const { key, keyAt, value } of tasks.entries) {
      const names: Names =
        child(value, 'run') === undefined && child(value, 'steps') !== undefined ? STEPS : {};
      add(key, { at: keyAt, node: value, names });
    }
  }
  if (tasks?.kind === 'list') {
    for (const node of tasks.items) {
      const id = child(child(node, 'meta'), 'id');
      if (id?.kind === 'scalar') add(id.text, { at: id.at, node, names: CANONICAL });
    }
  }
  if (root?.kind === 'list') {
    for (const node of root.items) {
      const id = child(node, 'id');
      if (id?.kind === 'scalar') add(id.text, { at: id.at, node, names: JOB });
    }
  }
  return found;
}

function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}
