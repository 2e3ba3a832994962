/** Every setting, once: flags, environment names, help and reference docs are made from this table. */

type Kind = 'text' | 'switch' | 'choice' | 'duration';

type Setting = {
  readonly kind: Kind;
  /** As commander takes it: `--name <value>`. */
  readonly flag: string;
  /** Environment variable, and the key in settings files is the entry's own name. */
  readonly env: string;
  readonly choices?: readonly string[];
  readonly help: string;
};

export const SETTINGS = {
  stateDir: {
    kind: 'text',
    flag: '--state-dir <dir>',
    env: 'SUPERTASK_STATE_DIR',
    help: 'where the bookkeeping lives (default: $XDG_STATE_HOME/supertask)',
  },
  hostId: {
    kind: 'text',
    flag: '--host-id <name>',
    env: 'SUPERTASK_HOST',
    help: 'the host name to file under, for containers whose names change',
  },
  ns: {
    kind: 'text',
    flag: '--ns <id>',
    env: 'SUPERTASK_NS',
    help: 'namespace id; any unique prefix when reading (default: the digest of host, user and source)',
  },
  tz: {
    kind: 'text',
    flag: '--tz <zone>',
    env: 'SUPERTASK_TZ',
    help: 'IANA zone of schedules that name none (default: the system zone)',
  },
  timeout: {
    kind: 'duration',
    flag: '--timeout <duration>',
    env: 'SUPERTASK_TIMEOUT',
    help: 'stop a run that takes longer, such as 30s or 1h30m',
  },
  onStop: {
    kind: 'choice',
    flag: '--on-stop <what>',
    env: 'SUPERTASK_ON_STOP',
    choices: ['stop', 'drain'],
    help: 'on the first SIGINT or SIGTERM: stop the runs that are going, or drain (wait for them)',
  },
  json: {
    kind: 'switch',
    flag: '--json',
    env: 'SUPERTASK_JSON',
    help: 'JSON for programs on stdout',
  },
  quiet: {
    kind: 'switch',
    flag: '-q, --quiet',
    env: 'SUPERTASK_QUIET',
    help: 'tell nothing but errors; output of the tasks still passes through',
  },
  output: {
    kind: 'choice',
    flag: '--output <how>',
    env: 'SUPERTASK_OUTPUT_MODE',
    choices: ['text', 'prefixed', 'group', 'json', 'quiet'],
    help: "show the tasks' output as it comes (text), by line with the job before it (prefixed, the default for several jobs), by run when it ends (group), as events (json), or keep it only (quiet)",
  },
  timestamps: {
    kind: 'switch',
    flag: '--timestamps',
    env: 'SUPERTASK_TIMESTAMPS',
    help: "put the local time before each line of the tasks' output",
  },
  statusLine: {
    kind: 'choice',
    flag: '--status-line <when>',
    env: 'SUPERTASK_STATUS_LINE',
    choices: ['auto', 'never'],
    help: 'a last line that tells what is running and due next: auto (a schedule on a terminal) or never',
  },
  color: {
    kind: 'choice',
    flag: '--color <when>',
    env: 'SUPERTASK_COLOR',
    choices: ['auto', 'always', 'never'],
    help: 'colours: auto (when a terminal), always or never; NO_COLOR and FORCE_COLOR count too',
  },
  docker: {
    kind: 'text',
    flag: '--docker <program>',
    env: 'SUPERTASK_DOCKER',
    help: 'container engine for docker: targets (default: docker or podman, whichever works)',
  },
  mask: {
    kind: 'choice',
    flag: '--mask <what>',
    env: 'SUPERTASK_MASK',
    choices: ['all', 'shown', 'none'],
    help: 'hide secrets in output that is shown and kept (all, the default), only in what is shown, or not at all',
  },
  watch: {
    kind: 'switch',
    flag: '--no-watch',
    env: 'SUPERTASK_WATCH',
    help: 'false: do not take over changes of the timetable while running; SIGHUP does so in any case',
  },
  poll: {
    kind: 'duration',
    flag: '--poll <duration>',
    env: 'SUPERTASK_POLL',
    help: 'how often a timetable from a URL is asked for changes (default: 1m)',
  },
  maxRunning: {
    kind: 'text',
    flag: '--max-running <n>',
    env: 'SUPERTASK_MAX_RUNNING',
    help: 'at most so many runs at once; others wait their turn (default: 256)',
  },
  http: {
    kind: 'text',
    flag: '--http [address]',
    env: 'SUPERTASK_HTTP',
    help: 'answer by HTTP and show the web page, here: HOST:PORT, :PORT or PORT (default: 127.0.0.1:4243; port 0: any)',
  },
  tlsCert: {
    kind: 'text',
    flag: '--tls-cert <file>',
    env: 'SUPERTASK_TLS_CERT',
    help: 'HTTPS with this certificate chain (PEM); read again at SIGHUP',
  },
  tlsKey: {
    kind: 'text',
    flag: '--tls-key <file>',
    env: 'SUPERTASK_TLS_KEY',
    help: 'the key of --tls-cert (PEM)',
  },
  insecure: {
    kind: 'switch',
    flag: '--insecure',
    env: 'SUPERTASK_INSECURE',
    help: 'let --http be an address that others can reach, without TLS',
  },
  allowHost: {
    kind: 'text',
    flag: '--allow-host <names>',
    env: 'SUPERTASK_ALLOW_HOST',
    help: 'further names under which browsers reach --http, such as tasks.example.org; separated by commas',
  },
  trustProxy: {
    kind: 'switch',
    flag: '--trust-proxy',
    env: 'SUPERTASK_TRUST_PROXY',
    help: 'believe X-Forwarded-For, -Host, -Proto and -Prefix of the proxy in front of --http',
  },
  basePath: {
    kind: 'text',
    flag: '--base-path <path>',
    env: 'SUPERTASK_BASE_PATH',
    help: 'the path below which --http is, such as /tasks, where a proxy passes it on',
  },
  apiAllowEnv: {
    kind: 'text',
    flag: '--api-allow-env <names>',
    env: 'SUPERTASK_API_ALLOW_ENV',
    help: 'variables that jobs made through the API may set or read although they decide what code runs: PATH,LD_PRELOAD, or *',
  },
  apiAllowCwd: {
    kind: 'text',
    flag: '--api-allow-cwd <dirs>',
    env: 'SUPERTASK_API_ALLOW_CWD',
    help: "directories, with commas, that jobs made through the API may run in beside the scheduler's own, or *",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S extends Setting> = S['kind'] extends 'switch'
  ? boolean
  : S extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : string;

/** Values that were given somewhere; what was not given is undefined, and whoever uses it knows the default. */
export type Settings = { readonly [Name in SettingName]?: ValueOf<(typeof SETTINGS)[Name]> | undefined };
