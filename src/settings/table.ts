/** Every setting, once: flags, variables and reference docs are made from it, and from the words of `help.ts`. */

type Kind = 'text' | 'switch' | 'choice' | 'duration';

type Setting = {
  readonly kind: Kind;
  /** As commander takes it: `--name <value>`. */
  readonly flag: string;
  /** Environment variable, and the key in settings files is the entry's own name. */
  readonly env: string;
  readonly choices?: readonly string[];
};

export const SETTINGS = {
  stateDir: {
    kind: 'text',
    flag: '--state-dir <dir>',
    env: 'SUPERTASK_STATE_DIR',
  },
  hostId: {
    kind: 'text',
    flag: '--host-id <name>',
    env: 'SUPERTASK_HOST',
  },
  ns: {
    kind: 'text',
    flag: '--ns <id>',
    env: 'SUPERTASK_NS',
  },
  tz: {
    kind: 'text',
    flag: '--tz <zone>',
    env: 'SUPERTASK_TZ',
  },
  timeout: {
    kind: 'duration',
    flag: '--timeout <duration>',
    env: 'SUPERTASK_TIMEOUT',
  },
  onStop: {
    kind: 'choice',
    flag: '--on-stop <what>',
    env: 'SUPERTASK_ON_STOP',
    choices: ['stop', 'drain'],
  },
  json: {
    kind: 'switch',
    flag: '--json',
    env: 'SUPERTASK_JSON',
  },
  quiet: {
    kind: 'switch',
    flag: '-q, --quiet',
    env: 'SUPERTASK_QUIET',
  },
  output: {
    kind: 'choice',
    flag: '--output <how>',
    env: 'SUPERTASK_OUTPUT_MODE',
    choices: ['text', 'prefixed', 'group', 'json', 'quiet'],
  },
  timestamps: {
    kind: 'switch',
    flag: '--timestamps',
    env: 'SUPERTASK_TIMESTAMPS',
  },
  statusLine: {
    kind: 'choice',
    flag: '--status-line <when>',
    env: 'SUPERTASK_STATUS_LINE',
    choices: ['auto', 'never'],
  },
  color: {
    kind: 'choice',
    flag: '--color <when>',
    env: 'SUPERTASK_COLOR',
    choices: ['auto', 'always', 'never'],
  },
  docker: {
    kind: 'text',
    flag: '--docker <program>',
    env: 'SUPERTASK_DOCKER',
  },
  mask: {
    kind: 'choice',
    flag: '--mask <what>',
    env: 'SUPERTASK_MASK',
    choices: ['all', 'shown', 'none'],
  },
  watch: {
    kind: 'switch',
    flag: '--no-watch',
    env: 'SUPERTASK_WATCH',
  },
  poll: {
    kind: 'duration',
    flag: '--poll <duration>',
    env: 'SUPERTASK_POLL',
  },
  maxRunning: {
    kind: 'text',
    flag: '--max-running <n>',
    env: 'SUPERTASK_MAX_RUNNING',
  },
  http: {
    kind: 'text',
    flag: '--http [address]',
    env: 'SUPERTASK_HTTP',
  },
  tlsCert: {
    kind: 'text',
    flag: '--tls-cert <file>',
    env: 'SUPERTASK_TLS_CERT',
  },
  tlsKey: {
    kind: 'text',
    flag: '--tls-key <file>',
    env: 'SUPERTASK_TLS_KEY',
  },
  insecure: {
    kind: 'switch',
    flag: '--insecure',
    env: 'SUPERTASK_INSECURE',
  },
  allowHost: {
    kind: 'text',
    flag: '--allow-host <names>',
    env: 'SUPERTASK_ALLOW_HOST',
  },
  trustProxy: {
    kind: 'switch',
    flag: '--trust-proxy',
    env: 'SUPERTASK_TRUST_PROXY',
  },
  basePath: {
    kind: 'text',
    flag: '--base-path <path>',
    env: 'SUPERTASK_BASE_PATH',
  },
  apiAllowEnv: {
    kind: 'text',
    flag: '--api-allow-env <names>',
    env: 'SUPERTASK_API_ALLOW_ENV',
  },
  apiAllowCwd: {
    kind: 'text',
    flag: '--api-allow-cwd <dirs>',
    env: 'SUPERTASK_API_ALLOW_CWD',
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
