/** Moments to come as JSON. */
import type { Occurrence } from '../../app/occurrence.js';
import type { JsonRecord } from '../../model/record.js';
import { INSTANT, nullable } from '../parameter.js';
import type { Schema } from '../schema.js';

export const OCCURRENCE: Schema = {
  title: 'Occurrence',
  type: 'object',
  required: ['namespace', 'job', 'at', 'expectedMs', 'override', 'attended'],
  properties: {
    namespace: { type: 'string' },
    job: { type: 'string' },
    at: INSTANT,
    expectedMs: nullable({ type: 'number' }, 'How long its runs take; null: none has succeeded lately.'),
    override: nullable(
      { type: 'string', enum: ['paused', 'skip'] },
      'Why it will not be run; null: nobody has said so.',
    ),
    attended: { type: 'boolean', description: 'A scheduler lives that will come to it.' },
  },
};

export function occurrenceRecord(occurrence: Occurrence): JsonRecord {
  const { namespace, job, at, expectedMs, override, isAttended } = occurrence;
  return {
    namespace,
    job,
    at: at.toISOString(),
    expectedMs: expectedMs ?? null,
    override: override === undefined ? null : 'at' in override ? 'skip' : 'paused',
    attended: isAttended,
  };
}
