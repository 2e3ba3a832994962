/**
 * Which values are secret. Pure, and small: it is asked before every run, while `mask.ts`, which hides them, is loaded
 * only where there are any.
 */
import type { Step } from './task.js';

/** Shorter values cannot be hidden: they would be found in half of all words. */
export const MIN_SECRET_BYTES = 8;

/** What names of secrets have in them. Compared one by one: compiling an expression takes longer than a few names. */
const NAMES = [
  ...['pass', 'secret', 'token', 'apikey', 'api_key', 'authorization', 'privatekey', 'private_key'],
  ...['credential', 'dsn'],
];

/** What sets variables: a task, or flags. */
export type Scope = {
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly Pick<Step, 'env'>[];
  readonly secrets?: readonly string[];
  /** Values of parameters; they are found by the same names. */
  readonly args?: Readonly<Record<string, string>>;
};

type Environment = Readonly<Record<string, string | undefined>>;

export type Secrets = {
  /** Values to be hidden, each at least `MIN_SECRET_BYTES` long. */
  readonly values: ReadonlySet<string>;
  /** Declared names whose value is too short to be hidden. */
  readonly tooShort: readonly string[];
  /** Declared names that no task sets and that are not inherited. */
  readonly unset: readonly string[];
};

/** Whether the name of a variable says that its value is secret. */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  return NAMES.some((part) => lower.includes(part));
}

/**
 * Find the secret values of some tasks: of variables that they declare (`secrets`), and of those whose name says it,
 * whether the tasks set them or inherit them.
 *
 * @param isPath - Whether a value names something that exists: `PASSWORD_STORE_DIR` is a guess that would be wrong.
 */
export function findSecrets(
  tasks: readonly Scope[],
  inherited: Environment,
  isPath: (value: string) => boolean = () => false,
): Secrets {
  const values = new Set<string>();
  const tooShort = new Set<string>();
  const unset = new Set<string>();
  const guess = (env: Environment): void => {
    for (const [name, value] of Object.entries(env)) {
      if (value === undefined || !isSecretName(name) || values.has(value)) continue;
      if (isLongEnough(value) && !isPath(value)) values.add(value);
    }
  };
  guess(inherited);
  for (const { env, steps, secrets = [], args = {} } of tasks) {
    const scopes = [env, args, ...steps.map((step) => step.env)];
    for (const scope of scopes) guess(scope);
    for (const name of secrets) {
      const found = [inherited, ...scopes].flatMap((scope) => scope[name] ?? []);
      if (found.length === 0) unset.add(name);
      for (const value of found) {
        if (isLongEnough(value)) values.add(value);
        else if (value !== '') tooShort.add(name);
      }
    }
  }
  return { values, tooShort: [...tooShort], unset: [...unset] };
}

function isLongEnough(value: string): boolean {
  return Buffer.byteLength(value.trim()) >= MIN_SECRET_BYTES;
}

/** With what a shell escapes in it, and `&` as JSON may have it; a backslash before anything else is behind its end. */
const URL = /\b[a-z][a-z0-9+.-]{0,30}:\/\/(?:[^\s'"<>\\]|\\(?:u0026|[^\s\w'"<>\\]))+/gi;
const USERINFO = /^([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#'"<>]+)@/i;
const VARIABLES = /^(?:\$\w+|\$\{\w+\}|:)+$/;
const LOGIN_ONLY = /^(?:git\+)?(?:ssh|sftp|scp|rsync):\/\/$/i;
/** After `&` as it is or as HTML or JSON has it; what is escaped belongs to the value, unless it ends one. */
const QUERY_VALUE = /((?:[?&#]|\\u0026)(?:amp;)?)([\w.-]{1,64})(\\?=)((?:[^&#;|)`\\]|\\[^\w&#])+)/gi;
/** Words of names that say so in a URL only. */
const QUERY_NAME = /(?:^|[_.-])(?:auth|jwt|pwd|sas|sig|signature)$/i;
/** Words of names that may say anything: then the value has to look like a secret as well. */
const QUERY_KEY = /(?:^|[_.-])(?:code|key|session|sid)$/i;
const TOKEN = /^(?=.*\d)(?=.*[a-z])[\w~+%=-]{16,}$/i;

/**
 * Hide what is secret in URLs: user name and password, and values in the query whose name says it.
 * `https://***@host/?token=***`
 *
 * What a shell or a template puts in later stays, and so does the bare login of an `ssh://` address.
 */
export function withoutUrlSecrets(text: string): string {
  if (!text.includes('://')) return text;
  return text.replace(URL, (url) => url.replace(USERINFO, hideLogin).replace(QUERY_VALUE, hideValue));
}

function hideLogin(whole: string, scheme: string, user: string): string {
  if (VARIABLES.test(user) || (LOGIN_ONLY.test(scheme) && !user.includes(':'))) return whole;
  return `${scheme}***@`;
}

function hideValue(whole: string, mark: string, name: string, equals: string, value: string): string {
  if (VARIABLES.test(value) || /^\$[({]/.test(value)) return whole;
  const isSecret = isSecretName(name) || QUERY_NAME.test(name) || (QUERY_KEY.test(name) && TOKEN.test(value));
  return isSecret ? `${mark}${name}${equals}***` : whole;
}
