/** A few words on what a ready-made thing is to do, for listings. Small and pure: every target may be listed. */
import type { Json } from '../json.js';

/** In the order in which they are told. */
const TOLD = ['kind', 'signal', 'method', 'url', 'to', 'path', 'pattern'];

/** `GET https://example.org/health`; of other addresses the host only, since knowing them may be all that is needed. */
export function summarizeUse(name: string, written: Json): string {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return '';
  const known = written as { readonly [key: string]: Json };
  return TOLD.flatMap((key) => {
    const value = known[key];
    return value === undefined
      ? []
      : [words(value, key === 'url' ? (name === 'http' ? 'path' : 'host') : 'all')];
  }).join(' ');
}

function words(value: Json, much: 'all' | 'path' | 'host'): string {
  if (Array.isArray(value)) return value.map((item) => words(item as Json, much)).join(', ');
  if (typeof value === 'object' && value !== null) return 'env' in value ? `$${String(value.env)}` : '…';
  const text = String(value);
  if (much === 'all') return text;
  const [, origin = text, path = ''] = /^([a-z]+:\/\/[^/?#]*)([^?#]*)/i.exec(text) ?? [];
  // The user name and password that may stand in front of the host.
  return origin.replace(/\/\/[^/]*@/, '//') + (much === 'path' ? path : '');
}
