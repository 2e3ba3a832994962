/** `why`: what became of a due moment, or will. */
import { explainWhy } from '../../app/why.js';
import { printable } from '../../model/printable.js';
import { momentRecord } from '../../model/why.js';
import { systemZone } from '../../settings/zone.js';
import { openReading } from '../reading.js';

export async function whyCommand(
  job: string,
  time: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const reading = await openReading(flags);
  const { moment, sentence, ...subject } = await explainWhy(reading.store, job, time, {
    namespace: reading.namespace,
    tz: systemZone(process.env),
    now: new Date(),
  });
  if (reading.json) return reading.printJson({ ...subject, sentence, ...momentRecord(moment) });
  const lines = [printable(sentence)];
  if (moment.kind === 'recorded') {
    const evidence = Object.entries(moment.run.evidence ?? {}).map(([key, value]) => `${key}=${value}`);
    if (evidence.length > 0) lines.push(`evidence: ${printable(evidence.join(' '))}`);
    lines.push(`record: supertask show ${moment.run.id}`);
  }
  await reading.streams.write('stdout', `${lines.join('\n')}\n`);
  await reading.streams.flush();
}
