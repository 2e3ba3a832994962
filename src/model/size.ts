/** Amounts of data as people write them. */
import { SupertaskError } from '../errors.js';

const KIBI = 1024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?b)?|b|bytes?)?$/i;

/**
 * Read an amount of data: `512MiB`, `10GB`, `64k`, `1048576`. A unit is a power of 1024 unless it is written `kB`,
 * `MB`, `GB` or `TB`, which are powers of 1000.
 *
 * @returns Whole bytes, 0 or more.
 * @throws {SupertaskError} `SIZE_INVALID`
 */
export function parseSize(text: string): number {
  const match = SIZE.exec(text.trim());
  const [, count, unit = '', ending = ''] = match ?? [];
  if (count === undefined) throw invalid(text);
  const power = ' kmgt'.indexOf(unit.toLowerCase() || ' ');
  const bytes = Math.floor(Number(count) * (/^b$/i.test(ending) ? 1000 : KIBI) ** power);
  if (!Number.isSafeInteger(bytes)) throw invalid(text);
  return bytes;
}

/** For people: `0 B`, `14.2 KiB`, `1.0 GiB`. */
export function formatSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / KIBI ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}

function invalid(text: string): SupertaskError {
  return new SupertaskError('SIZE_INVALID', `${JSON.stringify(text)} is not an amount of data`, {
    hint: 'Write for example 500MB, 2GiB or 65536.',
  });
}
