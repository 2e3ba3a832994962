/** `uses: webhook`: one message for a chat or a phone, in the form that each service documents. Pure. */
import type { Json } from '../json.js';
import { secretUrl, timeout, url } from './address.js';
import { eventText, eventTitle, isBad, type RunEvent } from './event.js';
import {
  faultAt,
  type JsonMap,
  line,
  mapOf,
  oneOf,
  oneOrMore,
  type Part,
  type Place,
  parsedText,
  secret,
  text,
} from './part.js';
import { needed, optional, type Shape, type Values } from './shape.js';

export const WEBHOOK_KINDS = ['slack', 'discord', 'teams', 'ntfy', 'telegram', 'generic'] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

const PRIORITIES = ['min', 'low', 'default', 'high', 'max'] as const;

export const WEBHOOK = {
  what: 'webhook',
  keys: {
    kind: needed(oneOf(WEBHOOK_KINDS), WEBHOOK_KINDS.map((kind) => `\`${kind}\``).join(', ')),
    url: optional(url, "the service's address; for ntfy with the topic; Telegram needs none"),
    title: optional(line, 'in an action, what happened unless given'),
    text: optional(text, 'in an action, facts and the last lines of output unless given'),
    link: optional(url, 'where a click leads'),
    token: optional(secret, "of a Telegram bot; ntfy's and generic's `Authorization: Bearer`"),
    chat: optional(parsedText(String, line), 'for telegram: the id of the chat, or `@channel`'),
    priority: optional(oneOf(PRIORITIES), `for ntfy: ${PRIORITIES.map((word) => `\`${word}\``).join(', ')}`),
    tags: optional(oneOrMore(line), 'for ntfy: words or names of emojis'),
    headers: optional(mapOf(line), 'for generic: names and values'),
    timeout,
  },
  foreign: {
    type: `Write kind: ${WEBHOOK_KINDS.join(', ')}.`,
    service: `Write kind: ${WEBHOOK_KINDS.join(', ')}.`,
    message: 'Write text:.',
    body: 'Write text:; for another form of body use http.',
    json: 'For another form of body use http.',
    topic: 'Write it into the url: https://ntfy.sh/TOPIC.',
    chat_id: 'Write chat:.',
    channel: 'The service ties a webhook to its channel.',
  },
  together(written, place, { hasEvent }) {
    checkService(written, place);
    if (!hasEvent && written['text'] === undefined && written['title'] === undefined) {
      faultAt(place, 'webhook lacks "text"', 'Write text: ….');
    }
  },
} as const satisfies Shape;

export type WebhookValues = Values<typeof WEBHOOK.keys>;

/** Keys that only some services know. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  token: ['telegram', 'ntfy', 'generic'],
  chat: ['telegram'],
  priority: ['ntfy'],
  tags: ['ntfy'],
  headers: ['generic'],
};

function checkService(written: JsonMap, place: Place): void {
  const kind = WEBHOOK_KINDS.find((word) => word === written['kind']);
  if (kind === undefined) return;
  for (const [key, kinds] of Object.entries(ONLY)) {
    if (written[key] === undefined || kinds.includes(kind)) continue;
    const fault = { path: [...place.path, key], isKey: true, message: `"${key}" means nothing to ${kind}` };
    place.fault({ ...fault, hint: `It is for ${kinds.join(', ')}.` });
  }
  const lacking = kind === 'telegram' ? ['token', 'chat'] : ['url'];
  for (const key of lacking) {
    if (written[key] === undefined)
      faultAt(place, `webhook of kind ${kind} lacks "${key}"`, `Write ${key}: ….`);
  }
  // Who knows the address of these may write to the channel.
  const address: Part<URL> = ['slack', 'discord', 'teams'].includes(kind) ? secretUrl : url;
  if (written['url'] !== undefined)
    address(written['url'], { ...place, path: [...place.path, 'url'], fault: () => {} });
}

/** What is sent. */
export type WebhookRequest = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Json;
};

type Message = { readonly title: string | undefined; readonly text: string };

/** A message in the form of its service, cut to what the service takes. */
export function webhookRequest(values: WebhookValues, event: RunEvent | undefined): WebhookRequest {
  const { kind, token } = values;
  const base = kind === 'telegram' ? (values.url ?? new URL('https://api.telegram.org/')) : values.url;
  if (base === undefined) throw new TypeError('a webhook without an address was let through');
  const { url, credentials } = withoutCredentials(base);
  const { url: address, payload } = FORMS[kind](values, messageOf(values, event), url, event);
  const authorization = token !== undefined && kind !== 'telegram' ? `Bearer ${token}` : credentials;
  const headers = { ...values.headers, ...(authorization === undefined ? {} : { authorization }) };
  return { url: address, headers, payload };
}

type Form = (
  values: WebhookValues,
  message: Message,
  url: URL,
  event: RunEvent | undefined,
) => { readonly url: URL; readonly payload: Json };

const FORMS: Readonly<Record<WebhookKind, Form>> = {
  slack: ({ link }, { title, text }, url) => {
    const bold = title === undefined ? undefined : `*${escapeSlack(title)}*`;
    const headline =
      link === undefined || title === undefined ? bold : `*<${link.href}|${escapeSlack(title)}>*`;
    return { url, payload: { text: joined(headline, escapeSlack(shortened(text, 3_500))) } };
  },
  discord: ({ link }, { title, text }, url) => {
    const content = joined(title === undefined ? undefined : `**${title}**`, text, link?.href);
    return { url, payload: { content: shortened(content, 2_000), allowed_mentions: { parse: [] } } };
  },
  teams: ({ link }, message, url) => ({ url, payload: adaptiveCard(message, link) }),
  ntfy: ({ link, priority, tags }, { title, text }, url, event) => {
    const { base, topic } = splitTopic(url);
    const level = priority ?? (event !== undefined && isBad(event) ? 'high' : 'default');
    const payload = {
      topic,
      message: shortenedBytes(text, 4_000),
      priority: PRIORITIES.indexOf(level) + 1,
      ...(title === undefined ? {} : { title: shortened(title, 250) }),
      ...(tags === undefined ? {} : { tags: [...tags] }),
      ...(link === undefined ? {} : { click: link.href }),
    };
    return { url: base, payload };
  },
  telegram: ({ token = '', chat = '', link }, { title, text }, url) => ({
    url: new URL(
      `${url.href.replace(/\/$/, '')}/bot${encodeURIComponent(token).replaceAll('%3A', ':')}/sendMessage`,
    ),
    payload: {
      chat_id: chat,
      text: shortened(joined(title, text, link?.href), 4_000),
      link_preview_options: { is_disabled: true },
    },
  }),
  generic: ({ link }, { title, text }, url, event) => ({
    url,
    payload: {
      ...(title === undefined ? {} : { title }),
      text,
      ...(link === undefined ? {} : { link: link.href }),
      ...(event === undefined ? {} : { event }),
    },
  }),
};

function messageOf({ title, text }: WebhookValues, event: RunEvent | undefined): Message {
  if (text !== undefined) return { title: title ?? (event && eventTitle(event)), text };
  if (event !== undefined) return { title: title ?? eventTitle(event), text: eventText(event) };
  return { title: undefined, text: title ?? '' };
}

function adaptiveCard({ title, text }: Message, link: URL | undefined): Json {
  const block = (words: string, more: Readonly<Record<string, Json>> = {}): Json => ({
    type: 'TextBlock',
    text: words,
    wrap: true,
    ...more,
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      ...(title === undefined ? [] : [block(title, { weight: 'Bolder', size: 'Medium' })]),
      // A single line break is none in its Markdown.
      block(shortenedBytes(text, 18_000).replaceAll('\n', '\n\n')),
    ],
    ...(link === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open', url: link.href }] }),
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

/** `https://ntfy.sh/alerts` → where JSON is published, and for which topic. */
function splitTopic(url: URL): { readonly base: URL; readonly topic: string } {
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const topic = decodeURIComponent(parts.pop() ?? '');
  const base = new URL(url);
  base.pathname = `/${parts.join('/')}`;
  return { base, topic };
}

/** `fetch` takes no user and password in an address. */
export function withoutCredentials(from: URL): {
  readonly url: URL;
  readonly credentials: string | undefined;
} {
  if (from.username === '' && from.password === '') return { url: from, credentials: undefined };
  const url = new URL(from);
  url.username = '';
  url.password = '';
  const pair = `${decodeURIComponent(from.username)}:${decodeURIComponent(from.password)}`;
  return { url, credentials: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function escapeSlack(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n');
}

/** Cut in the middle: what happened stands first, the last lines of output last. */
function shortened(words: string, letters: number): string {
  if (words.length <= letters) return words;
  const half = Math.floor((letters - 3) / 2);
  // Half of a letter that takes two units is none.
  const head = words.slice(0, half).replace(/[\ud800-\udbff]$/, '');
  const tail = words.slice(-half).replace(/^[\udc00-\udfff]/, '');
  return `${head}\n…\n${tail}`;
}

function shortenedBytes(words: string, bytes: number): string {
  let letters = bytes;
  let cut = shortened(words, letters);
  while (Buffer.byteLength(cut) > bytes) {
    letters = Math.floor(letters * 0.8);
    cut = shortened(words, letters);
  }
  return cut;
}
