/** Nodes → labels: a map of names and values, or a list of names. */
import { type Labels, MAX_LABELS, problemOfLabelName, problemOfLabelValue } from '../model/label.js';
import type { Entry, Node } from './node.js';
import { listOf, mapOf, type Reader, scalarText } from './reader.js';
import type { Report } from './source.js';

const HINT =
  'Write labels: {team: billing, tier: gold} or labels: [nightly]; names have 1 to 63 letters, digits, ".", "_", "-" and "/".';

export const labels: Reader<Labels> = (node, report) => {
  const found = node.kind === 'list' ? namesOf(node, report) : mapOf(value, checkName)(node, report);
  if (found !== undefined && Object.keys(found).length > MAX_LABELS)
    report.problem(node.at, `a task has more than ${MAX_LABELS} labels`, 'Keep those that you search by.');
  return found;
};

function namesOf(node: Node, report: Report): Labels | undefined {
  const names = listOf((item, own) => {
    const name = scalarText(item, own);
    const problem = name === undefined ? undefined : problemOfLabelName(name);
    if (problem !== undefined) own.problem(item.at, problem, HINT);
    return problem === undefined ? name : undefined;
  })(node, report);
  return names && Object.fromEntries(names.map((name) => [name, '']));
}

function checkName({ key, keyAt }: Entry, report: Report): void {
  const problem = problemOfLabelName(key);
  if (problem !== undefined) report.problem(keyAt, problem, HINT);
}

function value(node: Node, report: Report): string | undefined {
  const written = scalarText(node, report);
  const problem = written === undefined ? undefined : problemOfLabelValue(written);
  if (problem === undefined) return written;
  report.problem(node.at, problem, 'Put longer words into description.');
  return undefined;
}
