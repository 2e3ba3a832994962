/** Looks at conditions: commands, files, load, power and network. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { loadavg, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { Condition } from '../model/gate.js';
import { parseTarget } from '../model/target-text.js';
import type { Execution, Executor } from './executor.js';

/** What is found of a condition. */
export type Finding = { readonly holds: boolean; readonly found: string };

export type Probe = {
  look(condition: Condition, place: ProbePlace): Promise<Finding>;
  /** End the commands that are going. */
  close(): void;
};

export type ProbePlace = {
  readonly runId: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Found where nobody looks any more. */
export const CLOSED: Finding = { holds: false, found: 'supertask is stopping' };

const COMMAND_MS = 60_000;
const CONNECT_MS = 5_000;
const POWER = '/sys/class/power_supply';

/** @param places - So many commands go at once; others wait their turn. */
export function createProbe(executor: Executor, places: number): Probe {
  const going = new Set<Execution>();
  const waiting: (() => void)[] = [];
  let free = places;
  let isClosed = false;

  const inTurn = async (look: () => Promise<Finding>): Promise<Finding> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return isClosed ? CLOSED : await look();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };

  return {
    async look(condition, place) {
      switch (condition.kind) {
        case 'command':
          return inTurn(() => lookByCommand(executor, going, condition.line, place));
        case 'file':
          return lookAtFile(resolve(place.cwd, condition.path), condition.newerMs);
        case 'load': {
          const [load = 0] = loadavg();
          return { holds: load < condition.below, found: `the load is ${load.toFixed(2)}` };
        }
        case 'mains': {
          const onMains = isOnMains();
          return {
            holds: onMains === condition.wanted,
            found: onMains ? 'it is on mains' : 'it is on battery',
          };
        }
        default:
          return lookForNetwork(condition.host, condition.wanted);
      }
    },
    close() {
      isClosed = true;
      for (const execution of going) execution.kill();
    },
  };
}

async function lookByCommand(
  executor: Executor,
  going: Set<Execution>,
  line: string,
  { runId, cwd, env }: ProbePlace,
): Promise<Finding> {
  const now = new Date();
  const execution = executor.start({
    runId,
    target: parseTarget(`cmd:${line}`),
    env,
    cwd,
    timeoutMs: COMMAND_MS,
    stop: { signal: 'SIGTERM', graceMs: 1_000 },
    context: {
      namespace: '',
      job: '',
      runId,
      attempt: 1,
      trigger: 'schedule',
      scheduledAt: now,
      startedAt: now,
      schedulerStartedAt: now,
    },
    output: () => undefined,
  });
  going.add(execution);
  const { status, reason, exitCode, signal, message } = await execution.ended;
  going.delete(execution);
  if (status === 'succeeded') return { holds: true, found: 'it ended with 0' };
  const why = message ?? (reason === 'exit-code' ? `exit code ${exitCode}` : (signal ?? reason ?? status));
  return { holds: false, found: `it failed: ${why}` };
}

function lookAtFile(path: string, newerMs: number | undefined): Finding {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { holds: false, found: 'it is not there' };
  if (newerMs === undefined) return { holds: true, found: 'it is there' };
  const changed = stat.mtime.toISOString();
  return { holds: Date.now() - stat.mtimeMs <= newerMs, found: `it was changed at ${changed}` };
}

/** A machine without a power supply that could be unplugged is on mains. */
function isOnMains(): boolean {
  try {
    const supplies = readdirSync(POWER).map((name) => ({
      type: read(`${POWER}/${name}/type`),
      online: read(`${POWER}/${name}/online`),
    }));
    const mains = supplies.filter(({ type }) => type === 'Mains' || type.startsWith('USB'));
    return mains.length === 0
      ? !supplies.some(({ type }) => type === 'Battery')
      : mains.some(({ online }) => online === '1');
  } catch {
    return true;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

async function lookForNetwork(host: string | undefined, wanted: boolean): Promise<Finding> {
  if (host === undefined) {
    const isUp = Object.values(networkInterfaces()).some((each) => each?.some(({ internal }) => !internal));
    return { holds: isUp === wanted, found: isUp ? 'there is a network' : 'there is no network' };
  }
  const error = await connectTo(host);
  const found = error === undefined ? `${host} answers` : `${host} cannot be reached: ${error}`;
  return { holds: (error === undefined) === wanted, found };
}

/** @returns What went wrong; nothing when it answers. */
function connectTo(written: string): Promise<string | undefined> {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(written) ?? [];
  return new Promise((settle) => {
    const socket = createConnection({ host: bracketed ?? plain ?? written, port: Number(port ?? 443) });
    const end = (error: string | undefined): void => {
      socket.destroy();
      settle(error);
    };
    socket.setTimeout(CONNECT_MS, () => end('no answer'));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
