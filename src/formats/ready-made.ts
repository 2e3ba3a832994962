/** Nodes → ready-made things: `uses: http` and the `with` beside it, in a task, a step or an action. */
import { suggest } from '../model/suggest.js';
import type { Target } from '../model/target.js';
import type { Fault } from '../model/uses/part.js';
import type { Situation } from '../model/uses/shape.js';
import {
  checkReadyMade,
  isReadyMade,
  READY_MADE,
  READY_MADE_NAMES,
  type ReadyMade,
} from '../model/uses/table.js';
import type { Entry, Node } from './node.js';
import { type Fields, json } from './reader.js';
import type { Report } from './source.js';

/** Keys of a step that mean nothing to a ready-made thing. */
const OTHERS = ['run', 'exec', 'args', 'kwargs'];

/**
 * Read `uses` and `with` where they name a ready-made thing.
 *
 * @param situation - Whether texts may be left to the run that is reported, as in an action.
 * @returns `undefined` where `uses` names something else or is absent; no target where there was a mistake.
 */
export function readyMadeOf(
  fields: Fields,
  report: Report,
  situation: Situation,
): { readonly target: Target | undefined } | undefined {
  const uses = fields.entry('uses');
  const name = uses?.value.kind === 'scalar' ? uses.value.value : undefined;
  if (uses === undefined || typeof name !== 'string' || !isReadyMade(name)) return undefined;
  for (const key of OTHERS) {
    const other = fields.entry(key);
    if (other !== undefined) {
      report.problem(other.keyAt, `"${key}" beside "uses: ${name}"`, `What ${name} needs stands in with.`);
    }
  }
  const entry = fields.entry('with');
  if (entry === undefined) {
    const hint = `Write with: {…}. Its keys: ${Object.keys(READY_MADE[name].keys).join(', ')}.`;
    report.problem(uses.value.at, `"uses: ${name}" lacks "with"`, hint);
    return { target: undefined };
  }
  return { target: readWith(name, entry, report, situation) };
}

/** Say that `with` stands where nothing reads it. */
export function refuseWith(fields: Fields, report: Report): void {
  const entry = fields.entry('with');
  if (entry === undefined) return;
  const uses = fields.entry('uses')?.value;
  const near = uses?.kind === 'scalar' ? suggest(uses.text, READY_MADE_NAMES) : undefined;
  const hint = near === undefined ? 'Write args or kwargs.' : `Did you mean uses: ${near}?`;
  report.problem(entry.keyAt, `"with" is read beside uses: ${READY_MADE_NAMES.join(', ')}`, hint);
}

function readWith(name: ReadyMade, entry: Entry, report: Report, situation: Situation): Target | undefined {
  const written = json(entry.value, report);
  // A part that could not be read has been reported; it is no value of the author's.
  if (written === undefined || isBroken(entry.value)) return undefined;
  const { faults, exposed } = checkReadyMade(name, written, situation);
  for (const fault of faults) report.problem(placeOf(fault, entry), fault.message, fault.hint);
  for (const { path, hint = '', ...fault } of exposed) {
    report.warn(placeOf({ path, ...fault }, entry), `"${path.join('.')}" ${fault.message}`, hint);
  }
  return faults.length > 0 ? undefined : { kind: 'uses', name, with: written };
}

function isBroken(node: Node): boolean {
  if (node.kind === 'map') return node.entries.some(({ value }) => isBroken(value));
  return node.kind === 'list' ? node.items.some(isBroken) : node.kind === 'broken';
}

/** Where a fault is in the text. */
function placeOf({ path, isKey = false }: Fault, within: Entry): number {
  let entry: { readonly keyAt: number; readonly value: Node } = within;
  for (const step of path) {
    const { value } = entry;
    const item = value.kind === 'list' ? value.items[Number(step)] : undefined;
    const next =
      value.kind === 'map'
        ? value.entries.find(({ key }) => key === step)
        : item && { keyAt: item.at, value: item };
    if (next === undefined) break;
    entry = next;
  }
  return isKey ? entry.keyAt : entry.value.at;
}
