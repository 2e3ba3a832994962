/** `uses: cleanup`: removes old files below one directory. Pure. */
import { SupertaskError } from '../../errors.js';
import { duration, faultAt, flag, integer, line, oneOrMore, parsedText } from './part.js';
import { needed, optional, type Shape, type Values } from './shape.js';

const directory = parsedText((written) => {
  const plain = written.replace(/\/+(?:\.?\/+)*\.?$/, '');
  if (plain !== '' && !/^~(?:\/|$)/.test(written)) return written;
  throw new SupertaskError('TARGET_INVALID', `${JSON.stringify(written)} is not cleaned up`, {
    hint: plain === '' ? 'Name a directory below it.' : 'Write the path out: "~" stays as it is.',
  });
}, line);

/** Matched against the path below the directory. */
const pattern = parsedText((written) => {
  const parts = written.split('/');
  if (!written.startsWith('/') && !parts.includes('..') && !parts.includes('.')) return written;
  throw new SupertaskError(
    'TARGET_INVALID',
    `the pattern ${JSON.stringify(written)} leads out of its directory`,
    {
      hint: 'A pattern is matched against paths below the directory: *.log, **/*.tmp.',
    },
  );
}, line);

export const CLEANUP = {
  what: 'cleanup',
  keys: {
    path: needed(directory, 'the directory; it stays'),
    pattern: optional(
      oneOrMore(pattern),
      'which files: `*.log` in the directory itself, `**/*.log` at any depth, or a list; `*` unless given',
    ),
    except: optional(oneOrMore(pattern), 'which of these stay'),
    'older-than': optional(duration, 'only files that were changed longer ago'),
    'min-keep': optional(integer(0, 1_000_000_000), 'so many of the newest matching files stay, however old'),
    'empty-dirs': optional(flag, 'whether directories go that are empty, or become so; `false` unless given'),
    'dry-run': optional(flag, 'tell what would go, and remove nothing; `false` unless given'),
  },
  foreign: {
    dir: 'Write path:.',
    directory: 'Write path:.',
    age: 'Write older-than: 7d.',
    older: 'Write older-than: 7d.',
    days: 'Write older-than: 7d.',
    keep: 'Write min-keep: 5.',
    glob: 'Write pattern:.',
    patterns: 'Write pattern: with a list.',
    recursive: 'Write pattern: "**/*".',
    exclude: 'Write except:.',
  },
  together(written, place) {
    if (written['older-than'] !== undefined || written['min-keep'] !== undefined) return;
    const hint = 'Write older-than: 7d or min-keep: 5; for all files, older-than: 0s.';
    faultAt(place, 'cleanup lacks "older-than" or "min-keep"', hint);
  },
} as const satisfies Shape;

export type CleanupValues = Values<typeof CLEANUP.keys>;
