/** Asks a scheduler on its control socket. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { isHalted } from '../app/control/vigil.js';
import { SupertaskError, systemCode } from '../errors.js';
import type { Json } from '../model/json.js';
import type { ProcessId } from '../model/run.js';
import { errorOf } from './problem.js';
import { API_BASE, CALLER_HEADER, type Method } from './route.js';

export type Question = {
  readonly method: Method;
  /** Below the base of the routes. */
  readonly path: string;
  readonly body?: Json;
  /** Who asks. */
  readonly by: string;
  /** Who is asked. */
  readonly process?: ProcessId | undefined;
  /** Further ones. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** A scheduler that is stopped or overloaded must not make a command hang. */
const PATIENCE_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Ask, and give the answer.
 *
 * @param socket - Path of the socket.
 * @throws {SupertaskError} What the scheduler answered, or `UNANSWERED`.
 */
export async function ask(socket: string, question: Question): Promise<Json> {
  const { status, text } = await exchange(socket, question);
  const value = parse(text);
  if (status >= 200 && status < 300 && value !== undefined) return value;
  throw errorOf(value) ?? unanswered(question.process, `answered ${status} ${text.slice(0, 200)}`.trim());
}

/** The answer as it was sent. @throws {SupertaskError} `UNANSWERED` */
export function exchange(
  socket: string,
  question: Question,
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }> {
  const { method, path, body, by, process, headers = {} } = question;
  const text = method === 'GET' ? undefined : JSON.stringify(body ?? {});
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath: socket,
      method,
      path: API_BASE + path,
      agent: false,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        ...headers,
        host: 'supertask',
        [CALLER_HEADER]: by.replaceAll(/[^\x20-\x7e]/g, '?'),
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    });
    asked.once('error', (error) => reject(noAnswer(process, error)));
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) response.destroy(new Error('its answer is too long'));
        chunks.push(chunk);
      });
      response.once('error', (error) => reject(noAnswer(process, error)));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    asked.end(text);
  });
}

function noAnswer(process: ProcessId | undefined, error: Error): SupertaskError {
  if (error.name !== 'AbortError' && error.name !== 'TimeoutError')
    return unanswered(process, `does not answer: ${systemCode(error) ?? error.message}`, error);
  if (process !== undefined && isHalted(process)) return halted(process, error);
  return unanswered(process, `does not answer within ${PATIENCE_MS / 1_000} s`, error);
}

function unanswered(process: ProcessId | undefined, why: string, cause?: unknown): SupertaskError {
  return new SupertaskError('UNANSWERED', `the scheduler${pidText(process)} ${why}`, {
    hint: 'It may be overloaded, or have ended just now: supertask ps shows what is running.',
    cause,
  });
}

/** The request waits in its socket, and is read as soon as it goes on. */
function halted(process: ProcessId, cause: unknown): SupertaskError {
  return new SupertaskError(
    'UNANSWERED',
    `the scheduler${pidText(process)} is stopped (Ctrl-Z, SIGSTOP), and does not answer`,
    {
      hint: `kill -CONT ${process.pid} has it go on; then it may still do what it was asked.`,
      cause,
    },
  );
}

function pidText(process: ProcessId | undefined): string {
  return process === undefined ? '' : ` (pid ${process.pid})`;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
