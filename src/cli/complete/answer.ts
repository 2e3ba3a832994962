/** What may stand at the cursor. The bookkeeping is opened only where an id is wanted. */
import type { Command, Option } from 'commander';
import { STOP_SIGNALS } from '../../model/policy.js';
import { printable } from '../../model/printable.js';
import { RUN_STATUSES } from '../../model/run.js';
import { type Gap, type Line, readLine, shownCommands } from './line.js';
import { type Subject, subjectsOfArgument, subjectsOfOption, wordsOf } from './subject.js';

/** What a shell adds by itself: names on disk; `joined`: no blank. */
export type Directive = 'files' | 'directories' | 'joined';

export type Candidate = {
  /** The whole word. */
  readonly value: string;
  readonly about: string;
};

export type Answer = {
  readonly candidates: readonly Candidate[];
  readonly directives: readonly Directive[];
};

const NOTHING: Answer = { candidates: [], directives: [] };
const SCHEMES = ['cmd:', 'exec:', 'python:', 'uv:', 'docker:', 'node:'];

/**
 * Complete a command line.
 *
 * @param before - The words before the one at the cursor, without the program.
 * @param text - The word at the cursor, up to it.
 */
export async function complete(program: Command, before: readonly string[], text: string): Promise<Answer> {
  const line = readLine(program, before, text);
  const { candidates, directives } = await answer(line);
  const { length } = 'head' in line.gap ? line.gap.head : '';
  const typed = text.slice(length);
  const head = text.slice(0, length);
  return {
    candidates: candidates
      .filter(({ value }) => value.startsWith(typed))
      .map(({ value, about }) => ({ value: head + value, about: printable(about) })),
    directives,
  };
}

async function answer({ command, flags, gap }: Line): Promise<Answer> {
  switch (gap.kind) {
    case 'command':
      return { candidates: commandsOf(gap.command, gap.text), directives: [] };
    case 'flag':
      return { candidates: gap.options.flatMap(flagOf), directives: [] };
    case 'value':
      return withWords(gap, await answerSubjects(subjectsOfOption(gap.option), flags, gap.text));
    case 'argument':
      if (gap.argument.argChoices !== undefined)
        return { candidates: plain(gap.argument.argChoices), directives: [] };
      return answerSubjects(subjectsOfArgument(command, gap.argument), flags, gap.text);
    case 'words':
      return { candidates: [], directives: ['files'] };
  }
}

/** Another name is offered only to those who began to type it. */
function commandsOf(command: Command, text: string): readonly Candidate[] {
  return shownCommands(command).flatMap((each) => {
    const about = each.description();
    const aliases = each.aliases().filter((alias) => text !== '' && alias.startsWith(text));
    return [each.name(), ...aliases].map((value) => ({ value, about }));
  });
}

function flagOf({ long, short, description }: Option): readonly Candidate[] {
  const value = long ?? short;
  return value === undefined ? [] : [{ value, about: description }];
}

function withWords({ option }: Extract<Gap, { kind: 'value' }>, found: Answer): Answer {
  const words = wordsOf(option).map((value) => ({ value, about: '' }));
  return { ...found, candidates: [...words, ...found.candidates] };
}

async function answerSubjects(
  subjects: readonly Subject[],
  flags: Readonly<Record<string, unknown>>,
  text: string,
): Promise<Answer> {
  let all = NOTHING;
  for (const subject of subjects) {
    const found = await answerSubject(subject, flags, text);
    all = {
      candidates: distinct([...all.candidates, ...found.candidates]),
      directives: [...all.directives, ...found.directives],
    };
  }
  const { candidates, directives } = all;
  // Directories are files to a shell.
  const isWider = directives.includes('files');
  return { candidates, directives: directives.filter((each) => !isWider || each !== 'directories') };
}

/** A job of a timetable is often in the bookkeeping as well. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(candidates.map((each) => [each.value, each])).values()];
}

async function answerSubject(
  subject: Subject,
  flags: Readonly<Record<string, unknown>>,
  text: string,
): Promise<Answer> {
  switch (subject) {
    case 'file':
      return { candidates: [], directives: ['files'] };
    case 'directory':
      return { candidates: [], directives: ['directories'] };
    case 'scheme':
      return { candidates: plain(SCHEMES), directives: ['joined'] };
    case 'signal':
      return { candidates: plain(STOP_SIGNALS), directives: [] };
    case 'status': {
      const before = text.slice(0, text.lastIndexOf(',') + 1);
      return { candidates: plain(RUN_STATUSES.map((status) => before + status)), directives: [] };
    }
    case 'variable':
      return { candidates: plain(Object.keys(process.env)), directives: [] };
    case 'zone':
      return { candidates: plain(['UTC', ...Intl.supportedValuesOf('timeZone')]), directives: [] };
    case 'schema': {
      const { listSchemas } = await import('../../app/schema.js');
      return {
        candidates: listSchemas().map(({ name, title }) => ({ value: name, about: title })),
        directives: [],
      };
    }
    case 'job':
    case 'live':
    case 'namespace':
    case 'run':
    case 'task': {
      const { listIds } = await import('./id.js');
      return { candidates: await listIds(subject, flags, text), directives: [] };
    }
  }
}

function plain(values: readonly string[]): readonly Candidate[] {
  return values.map((value) => ({ value, about: '' }));
}
