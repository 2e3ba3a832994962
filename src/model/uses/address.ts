/** URLs and the timeouts that go with them, as several ready-made things have them. Pure. */
import { SupertaskError } from '../../errors.js';
import { duration, type Part, parsedText, secret, text } from './part.js';
import { optional } from './shape.js';

/** A password in a URL is a secret like any other. */
const guarded: Part<string> = (value, place) =>
  typeof value === 'string' && /^[a-z]+:\/\/[^/?#]*:[^/?#]+@/i.test(value)
    ? secret(value, place)
    : text(value, place);

/** An http or https URL. */
export const url: Part<URL> = parsedText(parseUrl, guarded);

/** The same where knowing the URL is all that is needed to use it. */
export const secretUrl: Part<URL> = parsedText(parseUrl, secret);

export const timeout = optional(duration, 'how long it may take, `30s` unless given');

function parseUrl(written: string): URL {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '') return url;
  const isBare = url === undefined && /^[\w.-]+\.\w+(?::\d+)?(?:[/?#]|$)/.test(written);
  // It may hold a password: not repeated.
  throw new SupertaskError('TARGET_INVALID', 'this is not an http or https URL', {
    hint: isBare ? 'Begin it with https://.' : 'Write for example https://example.org/path.',
  });
}
