/** `uses: healthcheck`: tells a watcher such as healthchecks.io that a job began, went well or failed. Pure. */
import { timeout, url } from './address.js';
import { eventText, eventTitle, isBad, type RunEvent } from './event.js';
import { flag, integer, oneOf, text } from './part.js';
import { needed, optional, type Shape, type Values } from './shape.js';

const SIGNALS = ['start', 'success', 'failure', 'log'] as const;

export const HEALTHCHECK = {
  what: 'healthcheck',
  keys: {
    url: needed(url, 'the ping address of the check, without `/start` or `/fail`'),
    signal: optional(
      oneOf(SIGNALS),
      `${SIGNALS.map((word) => `\`${word}\``).join(', ')}; in an action, what happened unless given, else \`success\``,
    ),
    'exit-code': optional(integer(0, 255), 'with `failure`: the exit status that is told'),
    text: optional(text, 'kept with the ping; in an action, facts and the last lines of output unless given'),
    'run-id': optional(
      flag,
      'whether the run is named (`rid`), so that start and end belong together; `true` unless given',
    ),
    timeout,
  },
  foreign: {
    uuid: 'Write url: https://hc-ping.com/UUID.',
    status: 'Write signal: start, success, failure or log.',
    ping: 'Write signal: start, success, failure or log.',
    'ping-url': 'Write url:.',
  },
} as const satisfies Shape;

export type HealthcheckValues = Values<typeof HEALTHCHECK.keys>;

/** What the watcher keeps of a text. */
const MAX_TEXT_LETTERS = 10_000;

/** The ping for a run: where to, and what is kept with it. */
export function pingOf(
  values: HealthcheckValues,
  event: RunEvent | undefined,
  ownRunId: string | undefined,
): { readonly url: URL; readonly text: string; readonly signal: string } {
  const signal = signalOf(values, event);
  const ping = new URL(values.url);
  const path = signal === 'success' ? '' : `/${signal}`;
  ping.pathname = `${ping.pathname.replace(/\/$/, '')}${path}`;
  const runId = event?.runId ?? ownRunId;
  if (values['run-id'] !== false && runId !== undefined) ping.searchParams.set('rid', runId);
  const words = values.text ?? (event === undefined ? '' : `${eventTitle(event)}\n${eventText(event)}`);
  return { url: ping, text: words.slice(0, MAX_TEXT_LETTERS), signal };
}

/** The last part of the address: `start`, `log`, `fail`, an exit status, or `success` for none. */
function signalOf(values: HealthcheckValues, event: RunEvent | undefined): string {
  const signal = values.signal ?? (event === undefined ? 'success' : signalOfEvent(event));
  if (signal !== 'failure') return signal;
  const code = values['exit-code'] ?? event?.exitCode;
  // A status of 0 would be a success.
  return code === undefined || code <= 0 || code > 255 ? 'fail' : String(code);
}

function signalOfEvent(event: RunEvent): (typeof SIGNALS)[number] {
  if (isBad(event)) return 'failure';
  if (event.status === 'succeeded') return 'success';
  return event.status === 'starting' || event.status === 'running' ? 'start' : 'log';
}
