/** Values that never were a text → nodes whose places are paths: `task.run[0].env`. */
import type { Location } from '../errors.js';
import type { Json } from '../model/json.js';
import { MAX_DEPTH, mapNode, type Node } from './node.js';
import { type Report, reportOn } from './source.js';

/** Where a value stands: what messages call it all, and its path in it. */
export type ValuePlace = Required<Pick<Location, 'file' | 'path'>>;

export type ValueReport = Report & {
  /** The nodes of a value. */
  nodes(value: Json, place: ValuePlace): Node;
  /** The place of what is no value itself. */
  placeOf(place: ValuePlace): number;
};

/** @param file - What messages call all values together. */
export function createValueReport(file: string): ValueReport {
  const places: ValuePlace[] = [];
  const report = reportOn({ file, text: '', locate: (at) => places[at] ?? { file } });
  const placeOf = (place: ValuePlace): number => places.push(place) - 1;

  const nodeOf = (value: Json, place: ValuePlace, depth: number): Node => {
    const at = placeOf(place);
    const inside = (part: string): ValuePlace => ({ file: place.file, path: `${place.path}${part}` });
    if (depth > MAX_DEPTH) {
      report.problem(at, `maps and lists are nested more than ${MAX_DEPTH} deep`, 'Nest less.');
      return { kind: 'broken', at };
    }
    if (isList(value)) {
      const items = value.map((item, index) => nodeOf(item, inside(`[${index}]`), depth + 1));
      return { kind: 'list', at, items };
    }
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, part]) => {
        const here = inside(keyPath(key));
        return { key, keyAt: placeOf(here), value: nodeOf(part, here, depth + 1) };
      });
      return mapNode(at, entries, report);
    }
    return { kind: 'scalar', at, value, text: String(value) };
  };

  return { ...report, placeOf, nodes: (value, place) => nodeOf(value, place, 1) };
}

function keyPath(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
