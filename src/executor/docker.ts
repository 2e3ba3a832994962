/** Containers: `docker run`, or podman's. Target → argv, pure. */

/** The program that runs containers, and what has to be known about it. */
export type Engine = {
  readonly program: string;
  /** Options that give the container an init process, where that works: else a shell as pid 1 ignores TERM. */
  readonly init: readonly string[];
};

export const ENGINE_HINT = 'install docker or podman, or name one: SUPERTASK_DOCKER=/path/to/it';

/** What a container is told about its run. */
const RUN_VARIABLES = [
  'NAMESPACE',
  'JOB',
  'RUN_ID',
  'ATTEMPT',
  'ATTEMPTS',
  'SCHEDULED_AT',
  'STARTED_AT',
  'TRIGGER',
  'EVENT',
];

const NAME_PREFIX = 'supertask-';

/** What `docker run` says itself, when it is not the program's exit code. */
export const ENGINE_FAILED = 125;

export type Container = {
  readonly image: string;
  readonly words: readonly string[];
  readonly runId: string;
  readonly namespace: string;
  readonly job: string;
  /** Variables that the client passes on; their values stay out of the arguments, which anybody can read. */
  readonly variables: readonly string[];
};

export function containerName(runId: string): string {
  return `${NAME_PREFIX}${runId}`;
}

/** The run that a container belongs to; undefined for others. */
export function runOfContainer(name: string): string | undefined {
  return name.startsWith(NAME_PREFIX) ? name.slice(NAME_PREFIX.length) : undefined;
}

export function containerArgs(engine: Engine, container: Container): string[] {
  const { image, words, runId, namespace, job, variables } = container;
  const labels = [`supertask.run=${runId}`, `supertask.namespace=${namespace}`, `supertask.job=${job}`];
  return [
    'run',
    '--rm',
    ...engine.init,
    '--name',
    containerName(runId),
    ...labels.flatMap((label) => ['--label', label]),
    ...variables.flatMap((name) => ['-e', name]),
    '--',
    image,
    ...words,
  ];
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Which variables a container gets: the run's own and those that the task sets, never the host's.
 *
 * @param own - Names that the task sets; undefined: all that differ from `host`.
 */
export function containerVariables(env: Env, own: readonly string[] | undefined, host: Env): string[] {
  const about = RUN_VARIABLES.map((name) => `SUPERTASK_${name}`);
  const set = own ?? Object.keys(env).filter((name) => env[name] !== host[name]);
  const names = [...about, ...set.filter((name) => !/^SUPERTASK_(?!ARG_)/.test(name))];
  return names.filter((name) => env[name] !== undefined);
}

const NAME_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::\d+)?`;
const IMAGE_NAME = new RegExp(
  String.raw`^(?:${HOST}/)?${NAME_PART}(?:/${NAME_PART})*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,})?$`,
);
/** Podman's own ways to name where an image comes from: `docker-archive:PATH`, `docker://NAME`. */
const TRANSPORT =
  /^(?:dir|docker|docker-archive|docker-daemon|oci|oci-archive|containers-storage|ostree|sif):/;

/** Whether a text follows the grammar of image references (github.com/distribution/reference), or names an archive. */
export function isImageName(text: string): boolean {
  return text.length <= 1024 && (IMAGE_NAME.test(text) || TRANSPORT.test(text));
}
