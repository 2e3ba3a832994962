/** A step with the values of a run in the places of its templates. */
import { SupertaskError } from '../errors.js';
import type { Target } from './target.js';
import type { Step, Task } from './task.js';
import { hasTemplate, mapTexts, named, parseTemplate, type Slot } from './template.js';
import { evaluateFlag, evaluateText, type Scope } from './template-evaluate.js';
import { parseExpression } from './template-expression.js';
import { fillLine } from './template-shell.js';

/** What a step is put together from. */
export type FilledStep = {
  readonly target: Target;
  /** Of the task and the step. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
};

/** The text that a template stands for. */
export type Evaluate = (slot: Slot) => string;

/** What Linux lets a program be given in one argument or variable. */
const MAX_BYTES = 128 * 1024 - 1;

/** @throws {SupertaskError} `TEMPLATE_INVALID` for what is not there, and for values that no program can be given. */
export function fillStep(
  { env, cwd }: Pick<Task, 'env' | 'cwd'>,
  step: Pick<Step, 'target' | 'env'>,
  evaluate: Evaluate,
): FilledStep {
  const written = { ...env, ...step.env };
  const variables = mapTexts(written, (text) => fillWith(text, evaluate));
  const { target, env: own } = fillTarget(step.target, evaluate);
  const all = { ...variables, ...own };
  for (const [name, value] of Object.entries(all)) {
    if (value !== written[name]) checkSize(value, `the variable ${name}`);
  }
  const directory = cwd === undefined ? undefined : fillWith(cwd, evaluate);
  if (directory === '') throw invalid('the working directory is empty', 'Leave cwd out where none is meant.');
  return { target, env: all, cwd: directory };
}

/** Evaluate the templates of a run. */
export function evaluateIn(scope: Scope): Evaluate {
  return ({ source, expression }) => named(source, () => evaluateText(expression, scope));
}

/** Whether a step is to be run. @param condition - An expression, with or without `${{ }}` around it. */
export function testCondition(condition: string, scope: Scope): boolean {
  const expression = parseCondition(condition);
  return named(`if: ${condition}`, () => evaluateFlag(expression, scope));
}

/** @throws {SupertaskError} `TEMPLATE_INVALID` */
export function parseCondition(condition: string): ReturnType<typeof parseExpression> {
  if (!hasTemplate(condition)) return named(`if: ${condition}`, () => parseExpression(condition));
  const [slot, ...others] = parseTemplate(condition.trim());
  if (slot !== undefined && typeof slot !== 'string' && others.length === 0) return slot.expression;
  throw invalid(
    `the condition ${JSON.stringify(condition)} is more than one template`,
    'Write one expression: if: ${{ params.full == "yes" }}.',
  );
}

function fillTarget(target: Target, evaluate: Evaluate): Pick<FilledStep, 'target' | 'env'> {
  const fill = (text: string): string => fillWith(text, evaluate);
  switch (target.kind) {
    case 'cmd': {
      const { line, env } = hasTemplate(target.line)
        ? fillLine(target.line, (slot) => checked(evaluate(slot)))
        : { line: target.line, env: {} };
      return { target: { ...target, line, words: target.words.map(fill) }, env };
    }
    case 'python':
    case 'node': {
      const code = fillCode(target.code, target.kind, evaluate);
      return { target: { ...target, code, words: target.words.map(fill) }, env: {} };
    }
    default:
      return { target: mapTexts(target, fill), env: {} };
  }
}

function fillWith(text: string, evaluate: Evaluate): string {
  if (!hasTemplate(text)) return text;
  return parseTemplate(text)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (!piece.isUnsafe) return checked(evaluate(piece));
      throw invalid(
        `${piece.source}: nothing is unsafe here`,
        'Leave out "unsafe": the value stays a value.',
      );
    })
    .join('');
}

/** Code of a language whose quoting is its own business: values are within its reach already. */
function fillCode(code: string, kind: 'python' | 'node', evaluate: Evaluate): string {
  if (!hasTemplate(code)) return code;
  return parseTemplate(code)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (piece.isUnsafe) return checked(evaluate(piece));
      throw invalid(
        `${piece.source}: a value does not become code`,
        kind === 'python'
          ? 'Use task.params["name"], or a variable that env sets: os.environ["NAME"].'
          : 'Use task.params.name, or a variable that env sets: process.env.NAME.',
      );
    })
    .join('');
}

function checked(value: string): string {
  if (!value.includes('\0')) return value;
  throw invalid('a value contains a NUL character', 'No program can be given one.');
}

function checkSize(value: string, what: string): void {
  const bytes = value.length < MAX_BYTES / 3 ? 0 : Buffer.byteLength(value);
  if (bytes <= MAX_BYTES) return;
  throw invalid(`${what} takes ${bytes} bytes; at most ${MAX_BYTES} are possible`, 'Put it into a file.');
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', message, { hint });
}
