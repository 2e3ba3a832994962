/** `explain`: a schedule in plain English. */
import { explain, explanationRecord } from '../../app/explain.js';
import { MAX_COUNT } from '../../app/next-batch.js';
import { SupertaskError } from '../../errors.js';
import { printable } from '../../model/printable.js';
import { loadSettings } from '../../settings/load.js';
import { pickSettings } from '../flags.js';
import { createPrinting } from '../printing.js';
import { parseCountFlag, parseInstantFlag, zoneOf } from '../time-flags.js';
import { formatRelative, formatZoned } from '../zoned.js';

const DEFAULT_COUNT = 3;

export async function explainCommand(
  words: readonly string[],
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const settings = await loadSettings(pickSettings(flags), process.env, process.cwd());
  if (words.length === 0) {
    throw new SupertaskError('USAGE', 'there is nothing to explain', {
      hint: "Try: supertask explain '30 2 * * mon-fri'",
    });
  }
  const tz = zoneOf(settings);
  const from = parseInstantFlag('--from', flags['from'], tz) ?? new Date();
  const count = parseCountFlag('--count', flags['count'], MAX_COUNT) ?? DEFAULT_COUNT;
  const explanation = explain(words.join(' '), { tz, from, count });
  const printing = createPrinting(settings);
  if (printing.json) return printing.printJson(explanationRecord(explanation));
  const next = explanation.next.map(
    (at) => `${formatZoned(at, explanation.tz)}  ${formatRelative(at, from)}`,
  );
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['means', [explanation.meaning]],
    ['rule', [`${explanation.class}: ${explanation.rule}`]],
    ['next', next.length > 0 ? next : ['never again']],
    ['clock change', [explanation.clockChange?.text ?? 'none in the next years makes a difference']],
    ['warning', explanation.warnings],
  ];
  const lines = sections.flatMap(([title, texts]) =>
    texts.map((text, index) => `${(index === 0 ? title : '').padEnd(14)}${printable(text)}\n`),
  );
  await printing.streams.write('stdout', `${printable(explanation.expr)}\n\n${lines.join('')}`);
  await printing.streams.flush();
}
