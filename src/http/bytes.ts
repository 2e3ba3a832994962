/** Answers of bytes that are read as the client takes them, whole or a range of them (RFC 9110, section 14). */
import { plainProblem, problem } from './problem.js';

export type BytesAnswer = {
  readonly size: number;
  /** Opened when the first byte is wanted. */
  readonly open: (from: number, length: number) => AsyncGenerator<Uint8Array, void>;
  /** The header of the request; one that cannot be read, or has several parts, is as if it were not there. */
  readonly range: string | undefined;
  /** Whether the same range is the same the next time. */
  readonly hasRanges: boolean;
  /** Under which a browser keeps it: it never shows it as a page. */
  readonly name: string;
};

export function bytesResponse({ size, open, range, hasRanges, name }: BytesAnswer): Response {
  const asked = range === undefined ? undefined : parseRange(range, size);
  if (asked === 'outside') {
    const response = problem(plainProblem(416, 'There is no such range.', `There are ${size} bytes.`));
    response.headers.set('content-range', `bytes */${size}`);
    return response;
  }
  const { from, length } = asked ?? { from: 0, length: size };
  return new Response(
    streamOf(() => open(from, length)),
    {
      status: asked === undefined ? 200 : 206,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'content-disposition': `attachment; filename="${name}"`,
        'content-length': String(length),
        'cache-control': 'no-store',
        'accept-ranges': hasRanges ? 'bytes' : 'none',
        ...(asked === undefined ? {} : { 'content-range': `bytes ${from}-${from + length - 1}/${size}` }),
      },
    },
  );
}

function parseRange(
  text: string,
  size: number,
): { readonly from: number; readonly length: number } | 'outside' | undefined {
  const [, first, last] = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(text) ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  if (first === '') {
    const length = Math.min(size, Number(last));
    return length === 0 ? 'outside' : { from: size - length, length };
  }
  const [from, end] = [Number(first), last === '' ? size - 1 : Number(last)];
  if (last !== '' && end < from) return undefined;
  if (from >= size) return 'outside';
  return { from, length: Math.min(end, size - 1) - from + 1 };
}

/** Nothing is read before it is wanted. */
function streamOf(open: () => AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  let chunks: AsyncGenerator<Uint8Array, void> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        chunks ??= open();
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks?.return();
      },
    },
    { highWaterMark: 0 },
  );
}
