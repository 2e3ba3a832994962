/** Texts that a run carries for people, cut where they are too long for a line of a journal. */
import type { RunChange } from '../../model/run.js';

/** @param maxText - Of what is longer, so many characters are kept. */
export function shortenWords<Value extends RunChange>(run: Value, maxText: number): Value {
  const { message, evidence } = run;
  const shorten = <Text>(text: Text): Text | string => shortenText(text, maxText);
  return {
    ...run,
    ...(message === undefined ? {} : { message: shorten(message) }),
    ...(evidence === undefined ? {} : { evidence: mapValues(evidence, shorten) }),
  };
}

function shortenText<Value>(value: Value, maxText: number): Value | string {
  if (typeof value !== 'string' || value.length <= maxText) return value;
  return `${value.slice(0, maxText)}… (${value.length} characters)`;
}

function mapValues(
  values: Readonly<Record<string, string | number>>,
  map: (value: string | number) => string | number,
): Record<string, string | number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
