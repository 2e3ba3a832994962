/** Where a list was cut, as text that only this program reads. Pure. */
import type { Json } from './json.js';

/** @param kind - Of the list: a cursor is of no use for another one. */
export function formatCursor(kind: string, position: readonly Json[]): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString('base64url');
}

/** @returns The position, undefined where the text is no cursor of this kind. */
export function parseCursor(kind: string, text: string): readonly Json[] | undefined {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Json;
    return Array.isArray(value) && value[0] === kind ? value.slice(1) : undefined;
  } catch {
    return undefined;
  }
}
