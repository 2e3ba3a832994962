/** Tokens: who has one may do what its scope says. One for each scope, made when first asked for. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, lstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SupertaskError, systemCode } from '../../errors.js';
import { randomHex } from '../../model/random.js';
import { isScope, SCOPES, type Scope } from '../../model/scope.js';
import { quoteWord } from '../../model/target.js';
import { createFile, guarded, readObject, removeFile, replaceFile, writeAll } from '../../store/file/disk.js';
import { readText } from '../text-file.js';
import { type AccessPlace, accessPlace, ensureAccess } from './place.js';

export type Tokens = Readonly<Partial<Record<Scope, string>>>;

/** What holds now. */
export type TokenSource = () => Tokens;

type Environment = Readonly<Record<string, string | undefined>>;

const TOKEN_VARIABLE = 'SUPERTASK_HTTP_TOKEN';
const TOKEN_FILE_VARIABLE = 'SUPERTASK_HTTP_TOKEN_FILE';

const BYTES = 32;
/** Of a token that somebody else has made. */
const MIN_LENGTH = 32;
const MAX_LENGTH = 512;

/**
 * The tokens of a state directory or a namespace, made where there are none.
 *
 * @throws {SupertaskError} `STATE_UNAVAILABLE`
 */
export function keptTokens(root: string, namespace: string | undefined): Tokens {
  const place = accessPlace(root, namespace);
  const known = readTokens(place);
  if (known !== undefined) return known;
  ensureAccess(root, place);
  guarded('write', place.tokens, () => makeOnce(place));
  return readTokens(place) ?? {};
}

/** New ones for some scopes; the others stay. */
export function rotateTokens(root: string, namespace: string | undefined, scopes: readonly Scope[]): Tokens {
  const place = accessPlace(root, namespace);
  const tokens = { ...keptTokens(root, namespace) };
  for (const scope of scopes) tokens[scope] = createToken();
  guarded('write', place.tokens, () => replaceFile(place.tokens, textOf(tokens)));
  return tokens;
}

/**
 * The tokens a server goes by: from the environment, else kept ones, read again when they have changed.
 *
 * @throws {SupertaskError} `SETTING_INVALID`, `FILE_UNREADABLE`, `STATE_UNAVAILABLE`
 */
export function tokenSource(root: string, namespace: string | undefined, env: Environment): TokenSource {
  const given = givenTokens(env);
  if (given !== undefined) return () => given;
  const place = accessPlace(root, namespace);
  let tokens = keptTokens(root, namespace);
  let seen = stampOf(place.tokens);
  return () => {
    const stamp = stampOf(place.tokens);
    if (stamp !== seen) {
      // Without the file nobody is let in: whoever removed it meant that.
      tokens = readTokens(place) ?? {};
      seen = stamp;
    }
    return tokens;
  };
}

/** Tokens from a file that is named, or from a variable; undefined: neither is set. */
export function givenTokens(env: Environment): Tokens | undefined {
  const file = env[TOKEN_FILE_VARIABLE];
  const text = env[TOKEN_VARIABLE];
  if (file) return parseTokens(readText(resolve(file)), TOKEN_FILE_VARIABLE);
  return text ? parseTokens(text, TOKEN_VARIABLE) : undefined;
}

/** One token, which may do everything, or lines of a scope and a token. Nothing of it is repeated in errors. */
function parseTokens(text: string, name: string): Tokens {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const tokens: Partial<Record<Scope, string>> = {};
  lines.forEach((line, index) => {
    const words = line.split(/\s+/);
    const [scope, token = ''] = words.length === 1 ? ['admin', words[0]] : words;
    const isFine =
      /^[A-Za-z0-9._~+/-]+=*$/.test(token) && token.length >= MIN_LENGTH && token.length <= MAX_LENGTH;
    if (words.length > 2 || !isScope(scope) || !isFine || tokens[scope] !== undefined)
      throw new SupertaskError('SETTING_INVALID', `${name}, line ${index + 1}, is no token`, {
        hint: `Give one token of ${MIN_LENGTH} to ${MAX_LENGTH} letters, digits and ._~+/-=, such as: openssl rand -hex 32. Or lines of a scope (${SCOPES.join(', ')}) and its token.`,
      });
    tokens[scope] = token;
  });
  if (lines.length > 0) return tokens;
  throw new SupertaskError('SETTING_INVALID', `${name} has no token`, {
    hint: 'openssl rand -hex 32 makes one.',
  });
}

/** Of several that begin at once, the first one's file stays. */
function makeOnce({ tokens, directory }: AccessPlace): void {
  const temporary = `${directory}/${randomHex(24)}.tmp`;
  const fd = createFile(temporary);
  try {
    writeAll(fd, Buffer.from(textOf(Object.fromEntries(SCOPES.map((scope) => [scope, createToken()])))));
    fsyncSync(fd);
    linkSync(temporary, tokens);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    closeSync(fd);
    removeFile(temporary);
  }
}

/** @throws {SupertaskError} `STATE_UNAVAILABLE` for a file that others can read, or that is damaged. */
function readTokens({ tokens: path }: AccessPlace): Tokens | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const user = process.getuid?.();
  if (!stats.isFile() || (user !== undefined && (stats.uid !== user || (stats.mode & 0o077) !== 0)))
    throw new SupertaskError('STATE_UNAVAILABLE', `${path} can be used by others than its owner`, {
      hint: `Somebody may have seen the tokens. Run: rm ${quoteWord(path)} && supertask token`,
    });
  const found = readObject(path);
  if (found === undefined) return undefined;
  const tokens = found === 'corrupt' ? {} : Object.fromEntries(SCOPES.map((scope) => [scope, found[scope]]));
  if (Object.values(tokens).every(isToken) && found !== 'corrupt') return tokens as Tokens;
  throw new SupertaskError('STATE_UNAVAILABLE', `${path} does not hold tokens`, {
    hint: `Run: rm ${quoteWord(path)} && supertask token`,
  });
}

function isToken(value: unknown): boolean {
  return typeof value === 'string' && value.length >= MIN_LENGTH;
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? 'none' : `${stats.ino} ${stats.ctimeNs} ${stats.size}`;
}

function createToken(): string {
  return randomBytes(BYTES).toString('base64url');
}

function textOf(tokens: Tokens): string {
  return `${JSON.stringify(tokens, undefined, 2)}\n`;
}
