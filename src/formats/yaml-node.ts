/** Parsed YAML → nodes: aliases become shared nodes within a budget, `<<` merges maps, tags are refused. */
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml';
import { type Entry, MAX_DEPTH, MAX_NODES, type MapNode, mapNode, type Node } from './node.js';
import type { Report } from './source.js';

const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;
export const ALIAS_HINT =
  'A value that starts with * is an alias. Put it in quotes, as in when: "*/5 * * * *".';

type Builder = {
  readonly report: Report;
  /** `open` while the anchored value itself is being built. */
  readonly anchors: Map<string, Node | 'open'>;
  readonly sizes: WeakMap<Node, Size>;
  /** Values that all aliases so far stand for. */
  spent: number;
};

type Size = { readonly nodes: number; readonly depth: number };
type Pair = { readonly key: ParsedNode; readonly value: ParsedNode | null };

/**
 * `<<` merges maps as YAML 1.1 did, because shared settings are written that way everywhere.
 *
 * @returns A function from the content of a document to its node.
 * @throws {SupertaskError} `TIMETABLE_INVALID` from that function, when aliases go over the budget.
 */
export function createBuilder(report: Report): (content: ParsedNode) => Node {
  const builder: Builder = { report, anchors: new Map(), sizes: new WeakMap(), spent: 0 };
  return (content) => build(builder, content, 1);
}

function build(builder: Builder, parsed: ParsedNode, depth: number): Node {
  const at = parsed.range[0];
  if (isAlias(parsed)) return resolve(builder, parsed.source, at, depth);
  if (parsed.tag !== undefined && !CORE_TAG.test(parsed.tag)) {
    builder.report.problem(
      at,
      `the tag ${parsed.tag.replace(/^tag:yaml\.org,2002:/, '!!')} is not allowed`,
      'Remove it; a timetable needs no tags.',
    );
    return broken(at);
  }
  if (parsed.anchor !== undefined) builder.anchors.set(parsed.anchor, 'open');
  const node = buildValue(builder, parsed, depth);
  if (parsed.anchor !== undefined) builder.anchors.set(parsed.anchor, node);
  return node;
}

function buildValue(builder: Builder, parsed: ParsedNode, depth: number): Node {
  const at = parsed.range[0];
  if (isScalar(parsed)) return scalarNode(builder, parsed, at);
  if (isMap(parsed)) return buildMap(builder, parsed.items as readonly Pair[], at, depth);
  if (!isSeq(parsed)) return broken(at);
  const items = parsed.items as readonly ParsedNode[];
  return { kind: 'list', at, items: items.map((item) => build(builder, item, depth + 1)) };
}

function scalarNode({ report }: Builder, { value, source }: Scalar.Parsed | Scalar, at: number): Node {
  const text = typeof value === 'string' ? value : (source ?? '');
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return { kind: 'scalar', at, value, text };
  report.problem(at, `${text} is not a value that a timetable can hold`, 'Put it in quotes.');
  return broken(at);
}

function buildMap(builder: Builder, pairs: readonly Pair[], at: number, depth: number): MapNode {
  const { report } = builder;
  const own: Entry[] = [];
  const merged: Node[] = [];
  for (const { key, value } of pairs) {
    const keyAt = key.range[0];
    if (!isScalar(key)) {
      report.problem(keyAt, 'a key of a map is not text', 'Use plain words as keys.');
      continue;
    }
    const node =
      value === null
        ? ({ kind: 'scalar', at: key.range[1], value: null, text: '' } as const)
        : build(builder, value, depth + 1);
    if (key.value === '<<' && key.type === 'PLAIN') merged.push(node);
    else own.push({ key: typeof key.value === 'string' ? key.value : key.source, keyAt, value: node });
  }
  const map = mapNode(at, own, report);
  return merged.length === 0 ? map : merge(map, merged, report);
}

/** The map's own keys win over merged ones, earlier merged maps over later ones. */
function merge(map: MapNode, merged: readonly Node[], report: Report): MapNode {
  const entries = new Map(map.entries.map((entry) => [entry.key, entry]));
  for (const node of merged.flatMap((one) => (one.kind === 'list' ? one.items : [one]))) {
    if (node.kind === 'broken') continue;
    if (node.kind !== 'map') {
      report.problem(node.at, '<< merges maps only', 'Write <<: *name, where &name stands before a map.');
      continue;
    }
    for (const entry of node.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  }
  return { ...map, entries: [...entries.values()] };
}

function resolve(builder: Builder, name: string, at: number, depth: number): Node {
  const { report, anchors } = builder;
  const node = anchors.get(name);
  if (node === 'open') {
    report.problem(at, `the alias *${name} stands inside its own anchor`, 'A value cannot contain itself.');
    return broken(at);
  }
  if (node === undefined) {
    report.problem(at, `there is no anchor &${name} before the alias *${name}`, ALIAS_HINT);
    return broken(at);
  }
  const size = measure(builder, node);
  builder.spent += size.nodes;
  if (depth + size.depth > MAX_DEPTH) {
    report.problem(at, `maps and lists are nested more than ${MAX_DEPTH} deep`, 'Nest less.');
    return broken(at);
  }
  if (builder.spent > MAX_NODES) {
    report.problem(at, 'the aliases stand for too many values', 'Write out less through aliases.');
    // Every further alias would say the same.
    report.check();
  }
  return node;
}

/** Aliases below a node count with all that they stand for. */
function measure(builder: Builder, node: Node): Size {
  if (node.kind === 'scalar' || node.kind === 'broken') return { nodes: 1, depth: 0 };
  const known = builder.sizes.get(node);
  if (known !== undefined) return known;
  const children = node.kind === 'list' ? node.items : node.entries.map(({ value }) => value);
  const sizes = children.map((child) => measure(builder, child));
  const size = {
    nodes: sizes.reduce((sum, { nodes }) => sum + nodes, 1),
    depth: sizes.reduce((deepest, { depth }) => Math.max(deepest, depth), 0) + 1,
  };
  builder.sizes.set(node, size);
  return size;
}

function broken(at: number): Node {
  return { kind: 'broken', at };
}
