/** Finds the container engine, stops containers through it and removes what a crash left. */
import { join } from 'node:path';
import type { Remote } from './command.js';
import { containerName, ENGINE_FAILED, ENGINE_HINT, type Engine, runOfContainer } from './docker.js';
import { askTool, type ToolAnswer } from './tool.js';
import { findProgram } from './which.js';

type Env = Readonly<Record<string, string | undefined>>;

/** A daemon that does not answer in this time is not there. */
const PROBE_MS = 5_000;
const CONTROL_MS = 15_000;

/** Where podman looks for an init of its own accord. */
const PODMAN_DIRECTORIES = [
  '/usr/local/libexec/podman',
  '/usr/local/lib/podman',
  '/usr/libexec/podman',
  '/usr/lib/podman',
];

export type Engines = {
  /** @returns The engine, or why there is none. */
  find(env: Env): Promise<Engine | string>;
};

/** Engines that were found, by what they were found with. `SUPERTASK_DOCKER` in the environment names one. */
export function createEngines(): Engines {
  const found = new Map<string, Promise<Engine>>();
  return {
    async find(env) {
      const wanted = env['SUPERTASK_DOCKER'];
      if (wanted !== undefined && wanted !== '') {
        const program = findProgram(wanted, env['PATH']);
        if (program === undefined)
          return `--docker (SUPERTASK_DOCKER) names ${JSON.stringify(wanted)}, which was not found`;
        return remember(`=${program}`, () => describe(program, env));
      }
      const docker = findProgram('docker', env['PATH']);
      const podman = findProgram('podman', env['PATH']);
      if (docker === undefined && podman === undefined) {
        return `no container engine was found on PATH; ${ENGINE_HINT}`;
      }
      const key = JSON.stringify([docker, podman, env['DOCKER_HOST'], env['DOCKER_CONTEXT']]);
      return remember(key, () => choose(docker, podman, env));
    },
  };

  function remember(key: string, look: () => Promise<Engine>): Promise<Engine> {
    const known = found.get(key) ?? look();
    found.set(key, known);
    return known;
  }
}

/** Docker where its daemon answers, for it was set up on purpose; the client alone is often a left-over. */
async function choose(docker: string | undefined, podman: string | undefined, env: Env): Promise<Engine> {
  if (docker === undefined) return describe(podman ?? 'podman', env);
  if (podman === undefined) return describe(docker, env);
  const args = ['version', '--format', '{{.Server.Version}}'];
  const answer = await askTool(docker, args, { env, timeoutMs: PROBE_MS });
  return describe(answer.exitCode === 0 && answer.stdout.trim() !== '' ? docker : podman, env);
}

async function describe(program: string, env: Env): Promise<Engine> {
  // `docker` may be podman under another name.
  const { stdout } = await askTool(program, ['--version'], { env, timeoutMs: PROBE_MS });
  return { program, init: /podman/i.test(stdout) ? podmanInit(env) : ['--init'] };
}

/** Podman refuses `--init` when its helper is not installed, and that is a package of its own. */
function podmanInit(env: Env): string[] {
  const isRemote = process.platform !== 'linux' || env['CONTAINER_HOST'] !== undefined;
  const isBundled = PODMAN_DIRECTORIES.some((folder) => findProgram(join(folder, 'catatonit'), undefined));
  if (isRemote || isBundled) return ['--init'];
  const elsewhere = findProgram('catatonit', env['PATH']) ?? findProgram('tini', env['PATH']);
  return elsewhere === undefined ? [] : ['--init', '--init-path', elsewhere];
}

/**
 * Whether an image is on this machine. Nothing is fetched.
 *
 * @returns undefined when the engine does not answer.
 */
export async function hasImage(engine: Engine, image: string, env: Env): Promise<boolean | undefined> {
  const args = ['image', 'inspect', '--format', '{{.Id}}', '--', image];
  const answer = await askTool(engine.program, args, { env, timeoutMs: CONTROL_MS });
  if (answer.exitCode === 0) return true;
  return /no such|not known|not found/i.test(answer.stderr) ? false : undefined;
}

/** How to reach a run's container. Killing the client would leave it running. */
export function controlContainer(engine: Engine, runId: string, env: Env): Remote {
  const name = containerName(runId);
  const ask = (...args: string[]) => askTool(engine.program, args, { env, timeoutMs: CONTROL_MS });
  return {
    async signal(signal) {
      const answer = await ask('kill', '--signal', signal, name);
      return answer.exitCode === 0;
    },
    async remove() {
      await removeContainer(ask, name);
    },
    explainExit(code) {
      if (code !== ENGINE_FAILED) return undefined;
      const message = `${engine.program} could not run the container; its own words are on stderr`;
      return { status: 'errored', reason: 'spawn', message };
    },
  };
}

async function removeContainer(
  ask: (...args: string[]) => Promise<ToolAnswer>,
  name: string,
): Promise<boolean> {
  // Podman's `rm -f` alone asks politely first, and waits for ten seconds.
  await ask('kill', '--signal', 'SIGKILL', name);
  const answer = await ask('rm', '-f', name);
  return answer.exitCode === 0;
}

export type ReapOptions = {
  /** For finding the engine and for the engine itself. */
  readonly env: Env;
  /** Only containers of this namespace are looked at. */
  readonly namespace: string;
  /** Whether a run is still going, here or elsewhere; its container is left alone. */
  readonly isLive: (runId: string) => boolean | Promise<boolean>;
};

/**
 * Remove the containers of runs whose supertask died: killing a client does not stop its container.
 *
 * @returns The runs whose containers were removed; empty where there is no engine or it does not answer.
 */
export async function reapContainers({ env, namespace, isLive }: ReapOptions): Promise<string[]> {
  const engine = await createEngines().find(env);
  if (typeof engine === 'string') return [];
  const ask = (...args: string[]) => askTool(engine.program, args, { env, timeoutMs: CONTROL_MS });
  const filter = `label=supertask.namespace=${namespace}`;
  const list = await ask('ps', '--all', '--filter', filter, '--format', '{{.Names}}');
  const removed: string[] = [];
  for (const name of list.stdout.split('\n')) {
    const runId = runOfContainer(name.trim());
    if (runId === undefined || (await isLive(runId))) continue;
    if (await removeContainer(ask, name.trim())) removed.push(runId);
  }
  return removed;
}
