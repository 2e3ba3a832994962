/**
 * The program behind `uses:`, a process of its own for each run: `node dist/uses/main.cjs NAME`, with
 * `{"with": CONFIGURATION}` on standard input. Stop, timeout and capture are thereby those of any other target.
 */
import { appendFileSync, writeSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Json } from '../model/json.js';
import { printable } from '../model/printable.js';
import { EVENT_VARIABLE, parseEvent } from '../model/uses/event.js';
import type { Fault } from '../model/uses/part.js';
import { readShape, type Shape } from '../model/uses/shape.js';
import { isReadyMade, READY_MADE, type ReadyMade } from '../model/uses/table.js';
import { DOING } from './table.js';
import { EXIT, Failure, type Surroundings, type Use } from './use.js';

const BUG = 70;

void main(process.argv[2] ?? '').catch(fail);

async function main(name: string): Promise<void> {
  if (!isReadyMade(name))
    throw new Failure(`there is no ready-made ${JSON.stringify(name)}`, EXIT.configuration);
  const { with: written } = JSON.parse(await readAll(process.stdin)) as { readonly with: Json };
  const stopped = new AbortController();
  const received = listenForStop(stopped);
  try {
    await use(name, written, surroundings(stopped.signal));
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
  }
  // It has cleared up, and dies of what it was sent, as any other program.
  const signal = received();
  if (signal !== undefined) process.kill(process.pid, signal);
}

async function use(name: ReadyMade, written: Json, around: Surroundings): Promise<void> {
  const { env, event } = around;
  const shape: Shape = READY_MADE[name];
  const { values, faults } = readShape(shape, written, { hasEvent: event !== undefined, env });
  if (values === undefined) throw new Failure(faults.map(inWords).join('\n'), EXIT.configuration);
  const act = (await DOING[name]()) as Use<unknown>;
  await act(values, around);
}

function surroundings(signal: AbortSignal): Surroundings {
  const { env } = process;
  const file = env['SUPERTASK_OUTPUT'];
  return {
    env,
    event: parseEvent(env[EVENT_VARIABLE] ?? ''),
    signal,
    say: (line) => writeAll(1, Buffer.from(`${printable(line)}\n`)),
    warn: (line) => writeAll(2, Buffer.from(`${printable(line)}\n`)),
    write: (bytes) => writeAll(1, bytes),
    output: (name, value) => {
      if (file !== undefined) appendFileSync(file, `${name}=${String(value).replace(/[\r\n]+/g, ' ')}\n`);
    },
  };
}

/** Without what Node holds back in its streams: nothing is lost when the process is killed next. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') throw error;
    }
  }
}

/** @returns Which signal came, if any. */
function listenForStop(stopped: AbortController): () => NodeJS.Signals | undefined {
  let received: NodeJS.Signals | undefined;
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(name, () => {
      received ??= name;
      stopped.abort();
    });
  }
  return () => received;
}

function inWords({ path, message, hint }: Fault): string {
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return `${where}${message}${hint === undefined ? '' : `. ${hint}`}`;
}

function fail(error: unknown): void {
  const isExpected = error instanceof Failure;
  process.exitCode = isExpected ? error.exitCode : BUG;
  const words = isExpected
    ? error.message
    : `a bug in supertask, please report it: ${error instanceof Error ? error.stack : String(error)}`;
  for (const line of words.split('\n')) writeAll(2, Buffer.from(`${printable(line)}\n`));
}
