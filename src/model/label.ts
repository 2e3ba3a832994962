/** Words by which people find and group jobs. Pure. */

/** Names and values; of a label that is only a name, the value is empty. */
export type Labels = Readonly<Record<string, string>>;

export const MAX_LABELS = 32;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/;
const MAX_VALUE = 200;

/** What is wrong with a name; undefined: nothing. */
export function problemOfLabelName(name: string): string | undefined {
  return NAME.test(name) ? undefined : `${JSON.stringify(name.slice(0, 80))} is not the name of a label`;
}

/** The same of a value. */
export function problemOfLabelValue(value: string): string | undefined {
  if (value.length > MAX_VALUE) return `the value of a label is longer than ${MAX_VALUE} characters`;
  return /[\u0000-\u001f\u007f]/.test(value) ? 'the value of a label has a control character' : undefined;
}
