/** Nodes → what is tried again, and what counts as a success. */
import { parseDuration } from '../model/duration.js';
import {
  type Expectation,
  lineTest,
  parseExitCode,
  type SuccessRule,
  type TextRule,
} from '../model/expectation.js';
import {
  DEFAULT_RETRY,
  parseAttempts,
  parseBackoff,
  parseFactor,
  parseRetryCause,
  parseRetryJitter,
  type RetryPolicy,
} from '../model/retry.js';
import { parseSize } from '../model/size.js';
import type { Node } from './node.js';
import { attempt, oneOrMore, parsed, type Reader, readFields, type Shape, scalarText } from './reader.js';
import type { Report } from './source.js';

export const RETRY: Shape = {
  what: 'retry',
  keys: ['attempts', 'delay', 'backoff', 'factor', 'max', 'jitter', 'on'],
  foreign: {
    limit: 'Write attempts: and how often a run is tried in all.',
    retries: 'Write attempts: and how often a run is tried in all, the first time included.',
    count: 'Write attempts: and how often a run is tried in all.',
    interval: 'Write delay: 30s.',
    wait: 'Write delay: 30s.',
  },
};

export const SUCCESS: Shape = {
  what: 'success',
  keys: ['codes'],
  foreign: { code: 'Write codes: [0, 3].', 'exit-codes': 'Write codes: [0, 3].' },
};

export const EXPECT: Shape = {
  what: 'expect',
  keys: ['stdout', 'stderr', 'output', 'min-duration', 'max-duration', 'min-bytes', 'max-bytes'],
  foreign: {
    not: 'Write it below a stream, such as stderr: {not: /error/i}.',
    codes: 'Write success: {codes: [0, 3]}.',
  },
};

export const TEXT_RULE: Shape = { what: 'an expected text', keys: ['not'] };

/** A number of attempts, `none`, or a map. Boxed: inside, `undefined` is a value. */
export function retry(base: RetryPolicy | undefined): Reader<{ readonly policy: RetryPolicy | undefined }> {
  return (node, report) => {
    if (node.kind !== 'map') {
      const attempts = parsed((text) => (text === 'none' ? 1 : parseAttempts(text)))(node, report);
      if (attempts === undefined) return undefined;
      return { policy: attempts === 1 ? undefined : { ...(base ?? DEFAULT_RETRY), attempts } };
    }
    const policy = retryOfMap(node, base ?? DEFAULT_RETRY, report);
    return policy && { policy };
  };
}

function retryOfMap(node: Node, base: RetryPolicy, report: Report): RetryPolicy | undefined {
  const fields = readFields(node, RETRY, report);
  if (fields === undefined) return undefined;
  const backoff = fields.read('backoff', parsed(parseBackoff));
  const factor = fields.read('factor', parsed(parseFactor));
  if (backoff === 'fixed' && factor !== undefined && factor !== 1) {
    report.problem(
      fields.entry('factor')?.keyAt ?? fields.at,
      '"factor" contradicts "backoff: fixed"',
      'Keep one of them.',
    );
  }
  const delayMs = fields.read('delay', parsed(parseDuration)) ?? base.delayMs;
  const growing = base.factor === 1 && backoff === 'exponential' ? DEFAULT_RETRY.factor : base.factor;
  return {
    attempts: fields.read('attempts', parsed(parseAttempts)) ?? base.attempts,
    delayMs,
    factor: backoff === 'fixed' ? 1 : (factor ?? growing),
    // A delay that is longer than the usual limit is meant.
    maxDelayMs: fields.read('max', parsed(parseDuration)) ?? Math.max(base.maxDelayMs, delayMs),
    jitter: fields.read('jitter', parsed(parseRetryJitter)) ?? base.jitter,
    on: fields.read('on', oneOrMore(parsed(parseRetryCause))) ?? base.on,
  };
}

export const success: Reader<SuccessRule> = (node, report) => {
  const fields = readFields(node, SUCCESS, report);
  if (fields === undefined) return undefined;
  const codes = fields.read('codes', oneOrMore(parsed(parseExitCode)));
  const listed = fields.entry('codes')?.value;
  if (listed === undefined || (listed.kind === 'list' && listed.items.length === 0))
    report.problem(fields.at, 'success lists no exit code', 'Write codes: [0, 3].');
  return codes && { codes };
};

export const expectation: Reader<Expectation> = (node, report) => {
  const fields = readFields(node, EXPECT, report);
  if (fields === undefined) return undefined;
  const found = {
    stdout: fields.read('stdout', textRules),
    stderr: fields.read('stderr', textRules),
    output: fields.read('output', textRules),
    minDurationMs: fields.read('min-duration', parsed(parseDuration)),
    maxDurationMs: fields.read('max-duration', parsed(parseDuration)),
    minBytes: fields.read('min-bytes', parsed(parseSize)),
    maxBytes: fields.read('max-bytes', parsed(parseSize)),
  };
  const contradiction = (['duration', 'bytes'] as const).find((what) => {
    const [min, max] =
      what === 'bytes' ? [found.minBytes, found.maxBytes] : [found.minDurationMs, found.maxDurationMs];
    return min !== undefined && max !== undefined && min > max;
  });
  if (contradiction !== undefined) {
    const at = fields.entry(`min-${contradiction}`)?.keyAt ?? fields.at;
    report.problem(at, `"min-${contradiction}" is above "max-${contradiction}"`, 'No run can be both.');
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
};

/** Each one is held on its own; those below `not` must not be found. */
const textRules: Reader<readonly TextRule[]> = (node, report) => {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind !== 'map') return textRule(item, false, report);
    const not = readFields(item, TEXT_RULE, report)?.entry('not');
    if (not === undefined) return [];
    const below = not.value.kind === 'list' ? not.value.items : [not.value];
    return below.flatMap((each) => textRule(each, true, report));
  });
};

function textRule(node: Node, isNot: boolean, report: Report): TextRule[] {
  const text = scalarText(node, report);
  const test = text === undefined ? undefined : attempt(() => lineTest(text), node.at, report);
  return text === undefined || test === undefined ? [] : [{ text, isNot }];
}
