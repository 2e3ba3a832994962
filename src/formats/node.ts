/** What YAML, JSON and TOML have in common: a tree of values that know where they stand in the text. */
import type { Json } from '../model/json.js';
import type { Report } from './source.js';

/** Anchored parts of YAML are shared: the same node may hang in several places, never below itself. */
export type Node = MapNode | ListNode | ScalarNode | BrokenNode;

export type MapNode = { readonly kind: 'map'; readonly at: number; readonly entries: readonly Entry[] };
export type ListNode = { readonly kind: 'list'; readonly at: number; readonly items: readonly Node[] };
type ScalarNode = {
  readonly kind: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
  /** The text itself; other values as they are written: `1.10` stays `1.10`. */
  readonly text: string;
};

/** A value that could not be made; its problem has been reported, so readers pass it over in silence. */
type BrokenNode = { readonly kind: 'broken'; readonly at: number };

/** Keys of one map are distinct. */
export type Entry = { readonly key: string; readonly keyAt: number; readonly value: Node };

/** Maps and lists may be nested this deep. */
export const MAX_DEPTH = 64;
/** A file may have this many values, those behind aliases counted at each use. */
export const MAX_NODES = 1_000_000;

/** Keys that mean something to JavaScript itself; no file has a good reason for them. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Make a map of entries, reporting keys given twice and keys that are refused.
 *
 * @param entries - In the order of the text.
 */
export function mapNode(at: number, entries: readonly Entry[], report: Report): MapNode {
  const seen = new Map<string, Entry>();
  for (const entry of entries) {
    const name = JSON.stringify(entry.key);
    const earlier = seen.get(entry.key);
    if (earlier !== undefined) {
      const { line, column } = report.source.locate(earlier.keyAt);
      const hint = 'Remove or rename one of them.';
      report.problem(entry.keyAt, `the key ${name} is given twice, first at ${line}:${column}`, hint);
      continue;
    }
    if (REFUSED_KEYS.has(entry.key)) {
      report.problem(entry.keyAt, `the key ${name} is not allowed`, 'Choose another name.');
      continue;
    }
    seen.set(entry.key, entry);
  }
  return { kind: 'map', at, entries: [...seen.values()] };
}

/** What a node is, for messages: `the number 5`, `a list`, `nothing`. */
export function describe(node: Node): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'broken') return 'an unreadable value';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return `the text ${shorten(JSON.stringify(node.value))}`;
  return `${typeof node.value === 'number' ? 'the number ' : ''}${shorten(node.text)}`;
}

/** All texts below a node. */
export function textsIn(node: Node): readonly { readonly text: string; readonly at: number }[] {
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => textsIn(value));
  if (node.kind === 'list') return node.items.flatMap(textsIn);
  if (node.kind === 'broken' || typeof node.value !== 'string') return [];
  return [{ text: node.value, at: node.at }];
}

/** The plain value of a node. */
export function toJson(node: Node): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  if (node.kind === 'broken') return null;
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, toJson(value)]));
}

/** Long text as messages show it. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
