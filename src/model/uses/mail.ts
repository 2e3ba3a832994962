/** `uses: mail`: one message, handed to an SMTP server. Pure. */
import { SupertaskError } from '../../errors.js';
import { timeout } from './address.js';
import {
  either,
  faultAt,
  integer,
  isLater,
  isMap,
  line,
  oneOf,
  oneOrMore,
  parsedText,
  secret,
  text,
} from './part.js';
import { map, needed, optional, type Shape, type Values } from './shape.js';

export const TLS_MODES = ['starttls', 'implicit', 'optional', 'none'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

/** `ada@example.org`, `Ada <ada@example.org>`. */
const address = parsedText((written) => {
  const [, bare = written] = /<([^<>]*)>\s*$/.exec(written) ?? [];
  if (/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(bare.trim())) return written;
  throw new SupertaskError('TARGET_INVALID', `${JSON.stringify(written)} is not a mail address`, {
    hint: /[,;]/.test(written)
      ? 'Write several as a list: [a@example.org, b@example.org].'
      : 'Write ada@example.org or Ada <ada@example.org>.',
  });
}, line);
const addresses = oneOrMore(address);

const attachment = map({
  what: 'an attachment',
  keys: {
    path: needed(line, 'the file'),
    name: optional(line, 'what the receiver sees'),
    type: optional(line, 'its media type'),
  },
});

type Attachment = {
  readonly path: string;
  readonly name: string | undefined;
  readonly type: string | undefined;
};

const attachmentOrPath = either<Attachment>(
  (value) => isMap(value) && !isLater(value),
  attachment,
  (value, place) => {
    const path = line(value, place);
    return path === undefined ? undefined : { path, name: undefined, type: undefined };
  },
);

export const MAIL = {
  what: 'mail',
  keys: {
    host: needed(line, 'the SMTP server'),
    port: optional(integer(1, 65_535), '587 unless given; 465 with `tls: implicit`, 25 with `tls: none`'),
    tls: optional(
      oneOf(TLS_MODES),
      '`starttls` (required, unless given), `implicit`, `optional` (STARTTLS where it is offered) or `none`',
    ),
    user: optional(line, 'for the login'),
    password: optional(secret, 'for the login, best as `{env: NAME}`'),
    from: needed(address, '`ada@example.org` or `Ada <ada@example.org>`'),
    to: needed(addresses, 'one address or a list'),
    cc: optional(addresses, 'one address or a list'),
    bcc: optional(addresses, 'one address or a list'),
    'reply-to': optional(addresses, 'one address or a list'),
    subject: optional(line, 'in an action, what happened unless given'),
    text: optional(text, 'the message; in an action, facts and the last lines of output unless given'),
    html: optional(text, 'the message as HTML, beside `text`'),
    attachments: optional(
      oneOrMore(attachmentOrPath),
      'files: a path, `{path, name, type}`, or a list; 25 MiB in all',
    ),
    timeout,
  },
  foreign: {
    body: 'Write text: or html:.',
    message: 'Write text: or html:.',
    server: 'Write host:.',
    smtp: 'Write host:.',
    username: 'Write user:.',
    secure: 'Write tls: implicit.',
    ssl: 'Write tls: implicit.',
    attach: 'Write attachments:.',
    recipients: 'Write to:.',
  },
  together(written, place, { hasEvent }) {
    const has = (key: string): boolean => written[key] !== undefined;
    if (has('user') !== has('password')) {
      const [given, lacking] = has('user') ? ['user', 'password'] : ['password', 'user'];
      const message = `"${given}" without "${lacking}"`;
      faultAt({ ...place, path: [...place.path, given] }, message, 'Give both, or neither.');
    }
    if (has('password') && written['tls'] === 'none' && !isLoopback(written['host'])) {
      const hint = 'Use starttls or implicit; without TLS a password can go to this machine only.';
      faultAt(
        { ...place, path: [...place.path, 'tls'] },
        'the password would go over the network in clear',
        hint,
      );
    }
    if (hasEvent) return;
    if (!has('subject')) faultAt(place, 'mail lacks "subject"', 'Write subject: ….');
    if (!has('text') && !has('html')) faultAt(place, 'mail lacks "text"', 'Write text: …, or html: ….');
  },
} as const satisfies Shape;

export type MailValues = Values<typeof MAIL.keys>;

/** Where a server listens for this kind of TLS. */
export function defaultPort(tls: TlsMode): number {
  if (tls === 'implicit') return 465;
  return tls === 'none' ? 25 : 587;
}

/** Whether nobody else can listen: the loopback addresses and the name for them. */
function isLoopback(host: unknown): boolean {
  return typeof host === 'string' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
