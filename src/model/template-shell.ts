/**
 * Templates in a shell line. A value never becomes text that the shell reads: it comes in a variable of its own, and the
 * line gets a reference to that, quoted as its place asks for. Where no quoting would help, the template is refused.
 */
import { SupertaskError } from '../errors.js';
import type { Place } from './shell-place.js';
import { ShellScan } from './shell-scan.js';
import { named, parseTemplate, type Slot } from './template.js';

export type FilledLine = {
  readonly line: string;
  /** The variables that the line refers to. */
  readonly env: Readonly<Record<string, string>>;
};

/**
 * Put the values of templates within reach of a line.
 *
 * @param evaluate - The text that a template stands for.
 * @throws {SupertaskError} `TEMPLATE_INVALID` for a template in a place where its value would be read as code.
 */
export function fillLine(text: string, evaluate: (slot: Slot) => string): FilledLine {
  const pieces = parseTemplate(text);
  const slots = pieces.filter((piece) => typeof piece !== 'string');
  const sign = unusedSign(text);
  const scan = new ShellScan(
    pieces.map((piece) => (typeof piece === 'string' ? piece : sign)).join(''),
    sign,
  );
  const variables = new Map<string, string>();
  const env: Record<string, string> = {};
  const refer = (slot: Slot): string => {
    const known = variables.get(slot.source);
    if (known !== undefined) return known;
    const name = `SUPERTASK_VALUE_${variables.size + 1}`;
    variables.set(slot.source, name);
    env[name] = evaluate(slot);
    return name;
  };
  let line = '';
  for (const slot of slots) {
    const { before, place } = scan.next();
    const quote = slot.isUnsafe ? undefined : named(slot.source, () => quoting(place));
    line += before + (quote === undefined ? evaluate(slot) : quote(refer(slot)));
  }
  const { before, isWhole } = scan.rest();
  if (!isWhole && slots.some(({ isUnsafe }) => !isUnsafe)) {
    throw refused('the quotes and brackets of this line cannot be followed to its end', VARIABLE_HINT);
  }
  return { line: line + before, env };
}

const VARIABLE_HINT = 'Use a variable in its place: "$SUPERTASK_ARG_NAME", or one that env sets.';

/** How a variable is put into a place. */
function quoting(place: Place): (name: string) => string {
  switch (place.kind) {
    case 'word':
      return (name) => `"\${${name}}"`;
    case 'quoted':
      return (name) => `\${${name}}`;
    case 'refused':
      throw refused(
        `it stands ${place.where}, where a value could be read as code or not at all`,
        place.hint,
      );
  }
}

function unusedSign(text: string): string {
  let code = 0xe000;
  while (text.includes(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

function refused(message: string, hint: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', message, { hint });
}
