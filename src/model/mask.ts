/** Hides secret values in text and in streams of bytes, in the forms in which programs print them. Pure. */
import { MIN_SECRET_BYTES } from './secret.js';

export type Mask = {
  /** The text with each secret replaced by `***`; the very same text when there is none in it. */
  text(text: string): string;
  /** Hides secrets in one stream, wherever its chunks are cut. */
  stream(): MaskStream;
};

export type MaskStream = {
  /**
   * Take bytes, give those that can be given. Only what may be the beginning of a secret is kept back. A chunk that
   * holds nothing of a secret is given as it is, without a copy.
   */
  push(chunk: Buffer): Buffer;
  /** The end of the stream: what was kept back. */
  end(): Buffer;
};

const STARS = Buffer.from('***');
const NOTHING = Buffer.alloc(0);

/**
 * @param secrets - Values, at least `MIN_SECRET_BYTES` long each; every occurrence of one of their forms is hidden, and
 *   those that overlap are hidden as one.
 */
export function createMask(secrets: Iterable<string>): Mask {
  const index = buildIndex([...new Set([...secrets].flatMap(secretForms))].map((form) => Buffer.from(form)));
  return {
    stream: () => createStream(index),
    text(text) {
      const bytes = Buffer.from(text);
      if (occurrences(index, bytes, bytes.length).length === 0) return text;
      const stream = createStream(index);
      return Buffer.concat([stream.push(bytes), stream.end()]).toString();
    },
  };
}

/**
 * The forms in which a secret may be printed: as it is, each of its lines, in a URL, in JSON, as a word in a shell, and
 * in base64, alone or anywhere in something longer.
 */
export function secretForms(secret: string): string[] {
  // Lone surrogates have no bytes, and no form in a URL.
  const whole = Buffer.from(secret).toString().trim();
  return [whole, ...whole.split(/\r?\n/)]
    .filter(isLongEnough)
    .flatMap((text) => [
      text,
      ...jsonForms(text),
      text.replaceAll("'", `'\\''`),
      ...urlForms(text),
      ...base64Forms(Buffer.from(text)),
    ])
    .filter(isLongEnough);
}

function isLongEnough(text: string): boolean {
  return Buffer.byteLength(text) >= MIN_SECRET_BYTES;
}

/** What writers of JSON give as `\u00e4`, beside what they must: pages, Go, Gson; Python and others; .NET. */
const JSON_ESCAPED = [
  /[<>&\u2028\u2029]/g,
  /[<>&'=\u2028\u2029]/g,
  /[^\x20-\x7e]/g,
  /[^\x20-\x7e]|[<>&]/g,
  /[^\x20-\x7e]|[<>&'+`]|\\"/g,
];

/** PHP writes `\/`, too, and some of them capital digits. */
function jsonForms(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const escaped = JSON_ESCAPED.map((which) => plain.replace(which, escapeJson));
  const cased = [plain, ...escaped].flatMap((form) => [form, capitalDigits(form)]);
  return cased.flatMap((form) => [form, form.replaceAll('/', '\\/')]);
}

/** Of a quote, which has a backslash before it already, the code alone. */
function escapeJson(char: string): string {
  const code = char.charCodeAt(char.length - 1);
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

function capitalDigits(json: string): string {
  return json.replace(/\\(?:u(....)|.)/g, (whole, digits?: string) =>
    digits === undefined ? whole : `\\u${digits.toUpperCase()}`,
  );
}

function urlForms(text: string): string[] {
  const common = encodeURIComponent(text);
  const strict = common.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const encoded = [common, strict, strict.replaceAll('%20', '+')];
  return [...encoded, ...encoded.map((form) => form.replace(/%../g, (code) => code.toLowerCase()))];
}

/** What stands before and after it changes the letters at both ends only: the rest comes in three ways. */
function base64Forms(bytes: Buffer): string[] {
  const inside = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const letters = Math.floor((whole.length * 8) / 6);
    return whole.toString('base64').slice(Math.ceil((shift * 8) / 6), letters);
  });
  const alone = bytes.toString('base64');
  const forms = [alone, alone.replace(/=+$/, ''), ...inside];
  const wrapped = [64, 76].map((width) => alone.replace(new RegExp(`(.{${width}})(?=.)`, 'g'), '$1\n'));
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')), ...wrapped];
}

/**
 * Patterns in the tables of Wu and Manber: the last two bytes of a window, as wide as the shortest pattern, tell how far
 * it may be moved without passing one over. A thousand patterns are looked for as quickly as one.
 */
type Index = {
  /** By two bytes: how far no pattern can begin. */
  readonly shifts: Uint8Array;
  /** By the two bytes at the end of a window, longest first. */
  readonly byWindowEnd: ReadonlyMap<number, readonly Buffer[]>;
  readonly byFirst: ReadonlyMap<number, readonly Buffer[]>;
  readonly longest: number;
};

const WINDOW = MIN_SECRET_BYTES;

function buildIndex(patterns: readonly Buffer[]): Index {
  const shifts = new Uint8Array(0x10000).fill(WINDOW - 1);
  const byWindowEnd = new Map<number, Buffer[]>();
  const byFirst = new Map<number, Buffer[]>();
  for (const pattern of [...patterns].sort((a, b) => b.length - a.length)) {
    for (let at = 0; at <= WINDOW - 2; at++) {
      const pair = pattern.readUInt16BE(at);
      shifts[pair] = Math.min(shifts[pair] ?? 0, WINDOW - 2 - at);
    }
    add(byWindowEnd, pattern.readUInt16BE(WINDOW - 2), pattern);
    add(byFirst, pattern.readUInt8(0), pattern);
  }
  const longest = patterns.reduce((most, { length }) => Math.max(most, length), 0);
  return { shifts, byWindowEnd, byFirst, longest };
}

function add(map: Map<number, Buffer[]>, key: number, pattern: Buffer): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [pattern]);
  else known.push(pattern);
}

type Span = { readonly start: number; readonly end: number };

/** Where patterns stand that begin before `limit`, in order; at each place the longest. They may overlap. */
function occurrences({ shifts, byWindowEnd }: Index, data: Buffer, limit: number): readonly Span[] {
  const found: Span[] = [];
  const last = Math.min(limit - 1, data.length - WINDOW);
  for (let at = 0; at <= last; ) {
    const pair = ((data[at + WINDOW - 2] ?? 0) << 8) | (data[at + WINDOW - 1] ?? 0);
    const shift = shifts[pair] ?? 0;
    if (shift > 0) {
      at += shift;
      continue;
    }
    const pattern = byWindowEnd.get(pair)?.find((one) => startsWith(data, at, one, one.length));
    if (pattern !== undefined) found.push({ start: at, end: at + pattern.length });
    at++;
  }
  return found;
}

/** The first place at which a pattern may have begun that goes on beyond the data; the length when there is none. */
function openAt({ byFirst, longest }: Index, data: Buffer): number {
  for (let at = Math.max(0, data.length - longest + 1); at < data.length; at++) {
    const left = data.length - at;
    const candidates = byFirst.get(data[at] ?? 0);
    if (candidates?.some((pattern) => pattern.length > left && startsWith(data, at, pattern, left)))
      return at;
  }
  return data.length;
}

function startsWith(data: Buffer, at: number, pattern: Buffer, length: number): boolean {
  return at + length <= data.length && data.compare(pattern, 0, length, at, at + length) === 0;
}

function createStream(index: Index): MaskStream {
  let held: Buffer = NOTHING;
  /** So many bytes of `held` belong to a secret whose `***` was given already. */
  let covered = 0;

  const advance = (data: Buffer, open: number): Buffer => {
    const pieces: Buffer[] = [];
    let hiddenTo = covered;
    for (const { start, end } of occurrences(index, data, open)) {
      if (start >= hiddenTo) pieces.push(data.subarray(hiddenTo, start), STARS);
      hiddenTo = Math.max(hiddenTo, end);
    }
    if (hiddenTo < open) pieces.push(data.subarray(hiddenTo, open));
    // A copy: the rest of the chunk need not be kept for it, and its owner may use it again.
    held = open === data.length ? NOTHING : Buffer.from(data.subarray(open));
    covered = Math.max(0, hiddenTo - open);
    return pieces.length === 1 ? (pieces[0] ?? NOTHING) : Buffer.concat(pieces);
  };

  return {
    push(chunk) {
      const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      return advance(data, openAt(index, data));
    },
    end: () => advance(held, held.length),
  };
}
