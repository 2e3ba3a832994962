/** TOML in a comment block → nodes. The only file that knows `smol-toml`, which tells no positions of values. */
import { parse, TomlDate, TomlError } from 'smol-toml';
import type { Block } from './inline-block.js';
import { MAX_DEPTH, type MapNode, mapNode, type Node } from './node.js';
import type { Report } from './source.js';

/** Where a key and its value stand in the file. */
type Place = { readonly keyAt: number; readonly at: number };

type Places = ReadonlyMap<string, Place>;

const KEY = `(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')`;
const DOTTED = String.raw`${KEY}(?:\s*\.\s*${KEY})*`;
const TABLE = new RegExp(String.raw`^\s*\[\s*(${DOTTED})\s*\]`);
const PAIR = new RegExp(String.raw`^(\s*)(${DOTTED})\s*=\s*`);

/**
 * Read a block.
 *
 * @returns `undefined` after a syntax mistake, which the report has then.
 */
export function readToml(block: Block, report: Report): MapNode | undefined {
  let table: Record<string, unknown>;
  try {
    const text = block.lines.map((line) => line.text).join('\n');
    table = parse(text, { maxDepth: MAX_DEPTH, unsafeKeyBehaviour: 'throw' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const line = block.lines[error.line - 1];
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    const at = line === undefined ? block.at : line.at + Math.min(error.column - 1, line.text.length);
    report.problem(at, `not valid TOML: ${reason}`, 'Text stands in quotes: cron = "*/5 * * * *".');
    return undefined;
  }
  return tableNode(table, '', { keyAt: block.at, at: block.at }, placesOf(block), report);
}

/** @param path - Keys from the top, each with a NUL behind it. */
function tableNode(
  table: Readonly<Record<string, unknown>>,
  path: string,
  place: Place,
  places: Places,
  report: Report,
): MapNode {
  const entries = Object.entries(table).flatMap(([key, value]) => {
    const inside = `${path}${key}\0`;
    const here = places.get(inside) ?? place;
    const node = valueNode(value, inside, here, places, report);
    return node === undefined ? [] : [{ key, keyAt: here.keyAt, value: node }];
  });
  return mapNode(place.at, entries, report);
}

function valueNode(
  value: unknown,
  path: string,
  place: Place,
  places: Places,
  report: Report,
): Node | undefined {
  const { at } = place;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => valueNode(item, path, place, places, report));
    return { kind: 'list', at, items: items.filter((item) => item !== undefined) };
  }
  if (typeof value === 'string') return { kind: 'scalar', at, value, text: value };
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', at, value, text: String(value) };
  }
  if (value instanceof TomlDate) {
    const text = value.toISOString();
    return { kind: 'scalar', at, value: text, text };
  }
  if (isTable(value)) return tableNode(value, path, place, places, report);
  return undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Found by looking at lines only: a text of several lines may look like keys, which then have a place too many. */
function placesOf(block: Block): Places {
  const places = new Map<string, Place>();
  let table = '';
  for (const { text, at } of block.lines) {
    const header = TABLE.exec(text)?.[1];
    if (header !== undefined) {
      table = pathOf(header);
      const keyAt = at + text.indexOf('[');
      if (!places.has(table)) places.set(table, { keyAt, at: keyAt });
      continue;
    }
    const [whole, indent, key] = PAIR.exec(text) ?? [];
    if (whole === undefined || indent === undefined || key === undefined) continue;
    const path = table + pathOf(key);
    if (!places.has(path)) places.set(path, { keyAt: at + indent.length, at: at + whole.length });
  }
  return places;
}

function pathOf(dotted: string): string {
  const keys = dotted.match(new RegExp(KEY, 'g')) ?? [];
  return keys.map((key) => `${key.replace(/^(["'])(.*)\1$/, '$2')}\0`).join('');
}
