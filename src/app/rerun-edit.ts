/** What a run is to be given when it is run again, as somebody writes it in an editor. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SupertaskError } from '../errors.js';
import { runForeground } from '../executor/process-foreground.js';
import { toJson } from '../formats/node.js';
import { createReport } from '../formats/source.js';
import { readYaml } from '../formats/yaml.js';
import type { Json } from '../model/json.js';
import type { Run } from '../model/run.js';

/** `args` take the place of all that the run had. */
export type RerunChanges = {
  readonly args?: Readonly<Record<string, Json>>;
  readonly note?: string;
};

/**
 * Open an editor on the arguments of a run.
 *
 * @returns Undefined where the text was left as it was, or emptied: then nothing is wanted.
 * @throws {SupertaskError} `CONFLICT` when the editor fails; `TIMETABLE_INVALID`, `USAGE` for what is wrong in the text.
 */
export async function editChanges(
  run: Run,
  note: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RerunChanges | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-rerun-'));
  const file = join(directory, 'rerun.yaml');
  const before = textOf(run, note);
  try {
    writeFileSync(file, before, { mode: 0o600 });
    await edit(file, env);
    const after = readFileSync(file, 'utf8');
    return after === before ? undefined : readChanges(after, file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function edit(file: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
  // As git does: the variable may have words of its own.
  const args = ['-c', `${editor} "$@"`, editor, file];
  const end = await runForeground({ program: '/bin/sh', args, env, cwd: process.cwd() });
  if ('code' in end && end.code === 0) return;
  const how = 'code' in end ? `ended with ${end.code}` : 'did not end by itself';
  throw new SupertaskError('CONFLICT', `the editor ${how}, and nothing was run: ${editor}`, {
    hint: 'VISUAL, else EDITOR, says which one is used.',
  });
}

function textOf({ id, job, args }: Run, note: string | undefined): string {
  // JSON is YAML, whatever stands in the values.
  const lines = Object.entries(args ?? {}).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}\n`,
  );
  return [
    `# Arguments of ${job} when it runs again as it did in run ${id}.\n`,
    '# Nothing is run if this is left as it is, or emptied.\n',
    lines.length === 0 ? 'args: {}\n' : `args:\n${lines.join('')}`,
    `note: ${JSON.stringify(note ?? '')}\n`,
  ].join('');
}

const KEYS: readonly string[] = ['args', 'note'];

/** @throws {SupertaskError} `TIMETABLE_INVALID`, `USAGE` */
function readChanges(text: string, file: string): RerunChanges | undefined {
  const report = createReport(file, text);
  const node = readYaml(report);
  report.check();
  if (node === undefined) return undefined;
  const value = toJson(node);
  const unknown = isMap(value) ? Object.keys(value).find((key) => !KEYS.includes(key)) : undefined;
  if (!isMap(value) || unknown !== undefined)
    throw wrong(unknown === undefined ? 'it is no map' : `there is no key ${JSON.stringify(unknown)}`);
  const { args = null, note = null } = value;
  if (args !== null && !isMap(args)) throw wrong('args is no map');
  if (note !== null && typeof note !== 'string') throw wrong('note is no text');
  return {
    args: args ?? {},
    ...(note === null || note === '' ? {} : { note }),
  };
}

function wrong(what: string): SupertaskError {
  return new SupertaskError('USAGE', `what was written cannot be used: ${what}`, {
    hint: 'Write args: {NAME: value} and note: text.',
  });
}

function isMap(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
