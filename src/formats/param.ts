/** Nodes → parameters of a task, and the tables that its templates look up. */

import { argVariable } from '../model/arg.js';
import type { Json } from '../model/json.js';
import { type Param, type Params, parseParamName, problemOf } from '../model/param.js';
import type { Entry, Node } from './node.js';
import {
  attempt,
  flag,
  mapOf,
  mismatch,
  oneOrMore,
  type Reader,
  readFields,
  type Shape,
  scalarText,
  text,
} from './reader.js';
import type { Report } from './source.js';

export const PARAM: Shape = {
  what: 'a parameter',
  keys: ['default', 'required', 'choices', 'description'],
  foreign: {
    type: 'Arguments are texts; choices: […] narrows them.',
    options: 'Write choices: […].',
    enum: 'Write choices: […].',
    value: 'Write default: ….',
    name: 'The key of a parameter in the map is its name.',
  },
};

/** By name: a default, nothing (then an argument has to be given), or a map. */
export const params: Reader<Params> = (node, report) => {
  const read = mapOf(param, checkName)(node, report);
  if (read !== undefined) checkVariables(Object.keys(read), node, report);
  return read;
};

const param: Reader<Param> = (node, report) => {
  if (node.kind === 'scalar') return node.value === null ? {} : checked({ default: node.text }, node, report);
  const fields = readFields(node, PARAM, report);
  if (fields === undefined) return undefined;
  const choices = fields.read('choices', oneOrMore(scalarText));
  const initial = fields.read('default', scalarText);
  const description = fields.read('description', text);
  const required = fields.read('required', flag);
  if (required === true && fields.entry('default') !== undefined) {
    const hint = 'An argument has to be given where there is no default: keep one of them.';
    report.problem(fields.entry('required')?.keyAt ?? node.at, '"required" contradicts "default"', hint);
  }
  if (required === false && fields.entry('default') === undefined) {
    const at = fields.entry('required')?.keyAt ?? node.at;
    report.problem(at, 'a parameter that is not required lacks a default', 'Write default: "".');
  }
  if (choices?.length === 0)
    report.problem(fields.entry('choices')?.value.at ?? node.at, '"choices" is empty');
  const read: Param = {
    ...(initial === undefined ? {} : { default: initial }),
    ...(choices === undefined ? {} : { choices }),
    ...(description === undefined ? {} : { description }),
  };
  return checked(read, fields.entry('default')?.value ?? node, report);
};

function checked(read: Param, node: Node, report: Report): Param {
  if (read.default === undefined) return read;
  const problem = problemOf('default', read, read.default);
  if (problem !== undefined) report.problem(node.at, problem.message, problem.hint, problem.code);
  return read;
}

function checkName({ key, keyAt }: Entry, report: Report): void {
  attempt(() => parseParamName(key), keyAt, report);
}

/** Programs find `a-b` and `A_B` in the same variable. */
function checkVariables(names: readonly string[], node: Node, report: Report): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const variable = argVariable(name);
    const earlier = seen.get(variable);
    seen.set(variable, name);
    if (earlier === undefined) continue;
    const entry = node.kind === 'map' ? node.entries.find(({ key }) => key === name) : undefined;
    const message = `"${name}" and "${earlier}" would be the same variable, ${variable}`;
    report.problem(entry?.keyAt ?? node.at, message, 'Rename one of them.');
  }
}

/** Tables by name: rows of texts, or of further maps. */
export const tables: Reader<Readonly<Record<string, Json>>> = (node, report) => {
  if (node.kind !== 'map') {
    return mismatch(node, 'a map of tables', 'Write country: {US: {tz: America/New_York}}.', report);
  }
  return mapOf(table)(node, report);
};

const table: Reader<Json> = (node, report) => {
  if (node.kind === 'map') return mapOf(row)(node, report);
  return mismatch(node, 'a map of rows', 'Write country: {US: {tz: America/New_York}}.', report);
};

const row: Reader<Json> = (node, report) =>
  node.kind === 'map' ? mapOf(row)(node, report) : scalarText(node, report);
