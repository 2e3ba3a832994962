/** Routes of what runs printed. */

import { outputBytes, pageOfPieces, parsePieceStart, type Wanted } from '../../app/output.js';
import { followOutput } from '../../app/output-follow.js';
import { findRun } from '../../app/run-page.js';
import { runRecord } from '../../model/record.js';
import type { Run } from '../../model/run.js';
import { bytesResponse } from '../bytes.js';
import { pageSchema } from '../parameter.js';
import { plainProblem, problem } from '../problem.js';
import { type Route, route } from '../route.js';
import type { Schema } from '../schema.js';
import { sseEvent } from '../sse.js';

const PATH = '/namespaces/{namespace}/runs/{run}/output';
const MOST_PIECES = 500;

const STREAM = {
  type: 'string',
  enum: ['stdout', 'stderr', 'both'],
  description: 'Default: both, in the order in which they were read.',
} as const satisfies Schema;

const PIECE: Schema = {
  title: 'OutputPiece',
  type: 'object',
  required: ['at', 'stream', 'from'],
  properties: {
    at: { type: 'string', format: 'date-time', description: 'When it was read.' },
    stream: { enum: ['stdout', 'stderr'] },
    step: { type: 'integer', description: 'From 1, of a run with several steps.' },
    from: { type: 'integer', description: 'Where in its stream it begins, in bytes.' },
    text: { type: 'string' },
    base64: { type: 'string', description: 'In place of `text`, where the bytes are not UTF-8.' },
  },
};

const START =
  '`STDOUT.STDERR`: begin behind so many bytes of each, which is what an event has as its id; `-BYTES`: with the last so many.';

export const OUTPUT_ROUTES: readonly Route[] = [
  route<object, { readonly stream?: Wanted; readonly from?: number; readonly limit?: number }>({
    method: 'GET',
    path: PATH,
    name: 'readOutput',
    summary: 'What a run printed, as it is kept; parts of it with the header Range.',
    scope: 'read',
    query: {
      stream: STREAM,
      from: { type: 'integer', description: 'Begin with this byte; below 0 it is counted from the end.' },
      limit: { type: 'integer', minimum: 0, description: 'At most so many bytes.' },
    },
    response: {
      status: 200,
      type: 'text/plain',
      description:
        'Bytes as the run wrote them. 206 of a range; 410 when the output was removed, since it was old or too much.',
    },
    async handle({ service, param, query: { stream = 'both', from = 0, limit }, header }) {
      const run = await findRun(service, param('namespace'), param('run'));
      const bytes = await outputBytes(service.store, run, stream);
      if (bytes === undefined)
        return problem(
          plainProblem(410, 'The output is gone.', `That of the run ${run.id} was removed to make room.`),
        );
      const { size, isMoving } = bytes;
      const start = Math.min(size, from < 0 ? Math.max(0, size + from) : from);
      return bytesResponse({
        size: Math.min(size - start, limit ?? size),
        open: (at, length) => bytes.open(start + at, length),
        range: isMoving || header('if-range') !== undefined ? undefined : header('range'),
        hasRanges: !isMoving,
        name: fileName(run, stream),
      });
    },
  }),
  route<
    object,
    { readonly stream?: Wanted; readonly from?: string; readonly cursor?: string; readonly limit?: number }
  >({
    method: 'GET',
    path: `${PATH}/timeline`,
    name: 'listOutput',
    summary: 'What a run printed, in pieces with when they were read, their stream and their step.',
    scope: 'read',
    query: {
      stream: STREAM,
      from: { type: 'string', description: START },
      cursor: { type: 'string', description: '`next` of the answer before: what follows it.' },
      limit: {
        type: 'integer',
        minimum: 1,
        maximum: MOST_PIECES,
        description: `At most so many pieces; default ${MOST_PIECES}. There are fewer where they come to 1 MiB.`,
      },
    },
    response: {
      status: 200,
      schema: pageSchema('OutputPage', PIECE, {
        pruned: { type: 'boolean', description: 'The output was removed, since it was old or too much.' },
      }),
    },
    async handle({ service, param, query: { stream = 'both', from, cursor, limit = MOST_PIECES } }) {
      const run = await findRun(service, param('namespace'), param('run'));
      const start = cursor === undefined ? parsePieceStart('from', from) : parsePieceStart('cursor', cursor);
      return pageOfPieces(service.store, run, { wanted: stream, start, limit });
    },
  }),
  route<object, { readonly stream?: Wanted; readonly from?: string }>({
    method: 'GET',
    path: `${PATH}/follow`,
    name: 'followOutput',
    summary: 'What a run printed and what it prints, up to its end: server-sent events.',
    scope: 'read',
    query: { stream: STREAM, from: { type: 'string', description: `${START} Last-Event-ID goes first.` } },
    response: {
      status: 200,
      type: 'text/event-stream',
      description:
        'Events `output`, each with a piece as in the timeline, and `end` with `{run, pruned}` when the run has ended and all was sent.',
    },
    async handle({ service, param, query: { stream: wanted = 'both', from }, header, events }) {
      const run = await findRun(service, param('namespace'), param('run'));
      const last = header('last-event-id');
      const start =
        last === undefined ? parsePieceStart('from', from) : parsePieceStart('Last-Event-ID', last);
      return events(async (stream) => {
        const end = await followOutput(
          service,
          run,
          { wanted, start },
          {
            tell: (piece, id) => stream.send(sseEvent({ id, event: 'output', data: JSON.stringify(piece) })),
            ready: stream.drained,
            signal: stream.signal,
          },
        );
        if (end === undefined) return;
        const data = JSON.stringify({ run: runRecord(end.run), pruned: end.pruned });
        stream.send(sseEvent({ id: end.id, event: 'end', data }));
        stream.end();
      });
    },
  }),
];

/** As nobody's shell or file system takes it for something else. */
function fileName({ job, id }: Run, stream: Wanted): string {
  const name = job.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[.-]+/, '');
  return `${name.slice(0, 80)}-${id}${stream === 'both' ? '' : `.${stream}`}.txt`;
}
