/** Steps of a run in what it printed: one of them alone, or each under a line that names it. */
import kleur from 'kleur';
import type { LogPart } from '../app/logs.js';
import { SupertaskError } from '../errors.js';
import type { Stream } from '../model/event.js';
import { printable } from '../model/printable.js';
import { isEnded, type Run } from '../model/run.js';

/**
 * Which step of a run is meant.
 *
 * @param text - Its name, else its number.
 * @throws {SupertaskError} `ID_UNKNOWN`; of a run that goes on, a step to come has no name yet.
 */
export function findStep({ id, steps = [], status }: Run, text: string): number {
  const named = steps.findIndex(({ name }) => name === text);
  if (named >= 0) return named + 1;
  const number = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && (number <= steps.length || !isEnded(status))) return number;
  const names = steps.map(({ name }, index) => (name === `step ${index + 1}` ? String(index + 1) : name));
  const shown = `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
  const known = isEnded(status) ? `It has ${shown}.` : `So far there is ${shown}.`;
  throw new SupertaskError('ID_UNKNOWN', `run ${id.slice(0, 18)} has no step ${JSON.stringify(text)}`, {
    hint: names.length === 0 ? 'Its task has one step only: leave out --step.' : known,
  });
}

/** Only what this step printed. */
export async function* ofStep(parts: AsyncIterable<LogPart>, step: number): AsyncGenerator<LogPart> {
  for await (const part of parts) if (part.step === step) yield part;
}

/**
 * Put a line before what each step printed. For terminals only: these bytes are of no run.
 *
 * @param nameOf - Of the step with this number; undefined: it is not known.
 */
export async function* markSteps(
  parts: AsyncIterable<LogPart>,
  nameOf: (step: number) => string | undefined,
  color: boolean,
): AsyncGenerator<LogPart> {
  const open = new Set<Stream>();
  let step: number | undefined;
  for await (const part of parts) {
    if (part.bytes.length > 0 && part.step !== undefined && part.step !== step) {
      step = part.step;
      for (const stream of open) yield { ...part, stream, bytes: Buffer.from('\n') };
      open.clear();
      yield { ...part, stream: 'stdout', bytes: Buffer.from(markOf(step, nameOf(step), color)) };
    }
    yield part;
    if (part.bytes.at(-1) === 0x0a) open.delete(part.stream);
    else if (part.bytes.length > 0) open.add(part.stream);
  }
}

/** `── step 2 (load) ──` */
function markOf(step: number, name: string | undefined, color: boolean): string {
  const label = name === undefined || name === `step ${step}` ? '' : ` (${printable(name)})`;
  const text = `── step ${step}${label} ──`;
  // The step before may have left its colours on.
  return `${color ? `\u001b[0m${kleur.dim(text)}` : text}\n`;
}
