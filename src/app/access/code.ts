/** Codes for browsers that another process makes: files by which a running server lets somebody in, once. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isScope, type Scope } from '../../model/scope.js';
import { guarded, listNames, readObject, removeFile, replaceFile } from '../../store/file/disk.js';
import { accessPlace, ensureAccess } from './place.js';

/** How long a code is good. */
export const CODE_MS = 10 * 60_000;

const ENDING = '.json';

/** A code that is good for one browser, at any server of this state directory or namespace. */
export function leaveCode(
  root: string,
  namespace: string | undefined,
  scope: Scope,
  now: Date,
): { readonly code: string; readonly expiresAt: Date } {
  const place = accessPlace(root, namespace);
  ensureAccess(root, place);
  for (const name of listNames(place.codes).filter((each) => each.endsWith(ENDING)))
    if (readCode(join(place.codes, name), now) === undefined) removeFile(join(place.codes, name));
  const code = randomBytes(24).toString('base64url');
  const expiresAt = new Date(now.getTime() + CODE_MS);
  const path = pathOf(place.codes, code);
  const text = `${JSON.stringify({ scope, expiresAt })}\n`;
  guarded('write', path, () => replaceFile(path, text));
  return { code, expiresAt };
}

/** What a code was left for. Of several who ask, one is told. */
export function takeCode(
  root: string,
  namespace: string | undefined,
  code: string,
  now: Date,
): Scope | undefined {
  const path = pathOf(accessPlace(root, namespace).codes, code);
  const scope = readCode(path, now);
  return scope !== undefined && removeFile(path) ? scope : undefined;
}

/** Who can read the files must not be able to sign in by them. */
function pathOf(directory: string, code: string): string {
  return join(directory, `${createHash('sha256').update(code).digest('base64url')}${ENDING}`);
}

function readCode(path: string, now: Date): Scope | undefined {
  const found = readObject(path);
  if (found === undefined || found === 'corrupt') return undefined;
  const { scope, expiresAt } = found;
  const left = typeof expiresAt === 'string' ? Date.parse(expiresAt) - now.getTime() : Number.NaN;
  return isScope(scope) && left > 0 && left <= CODE_MS ? scope : undefined;
}
