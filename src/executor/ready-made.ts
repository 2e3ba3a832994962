/** Ready-made things: a program of our own under this very Node, with its configuration on standard input. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Target } from '../model/target.js';
import { type Command, type Refusal, refuse } from './command.js';
import type { ExecutionRequest } from './executor.js';

type Use = Extract<Target, { kind: 'uses' }>;

/** From the built command line and library, and from the sources. */
const PROGRAMS = ['../uses/main.cjs', '../../dist/uses/main.cjs'];

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];

/** Nothing of the configuration is in the arguments: everybody on the machine can read those. */
export function planReadyMade(target: Use, { env, cwd }: ExecutionRequest): Command | Refusal {
  const program = PROGRAMS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
    existsSync(path),
  );
  if (program === undefined)
    return refuse(`what "uses: ${target.name}" needs is missing; reinstall supertask`);
  return {
    program: process.execPath,
    args: [program, target.name],
    env: { ...proxyEnvironment(env), ...env },
    cwd,
    input: JSON.stringify({ with: target.with }),
  };
}

/** Node 22.21, 24 and newer use a proxy when they are told to; the author's own word on it wins. */
function proxyEnvironment(env: ExecutionRequest['env']): ExecutionRequest['env'] {
  return PROXIES.some((name) => (env[name] ?? '') !== '') ? { NODE_USE_ENV_PROXY: '1' } : {};
}
