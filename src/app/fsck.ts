/** Checking the bookkeeping, and mending it: what was found, in words. */
import type { Finding, FindingKind } from '../store/file/finding.js';
import { isNote } from '../store/file/finding.js';
import type { Repair } from '../store/file/repair.js';
import type { FileStore } from '../store/file/store.js';

/** Something found, and what it means. */
export type Diagnosis = Finding & {
  /** A `note` is worth knowing and not wrong. */
  readonly level: 'problem' | 'note';
  readonly message: string;
  /** What mends it, where `--repair` does not. */
  readonly advice: string | undefined;
};

export type Checkup = {
  /** What is wrong now, after what was repaired. */
  readonly findings: readonly Diagnosis[];
  readonly repairs: readonly Repair[];
};

/** Check one namespace, or all; with `repair`, mend first what can be mended. */
export async function checkState(
  store: FileStore,
  namespace: string | undefined,
  { repair }: { readonly repair: boolean },
): Promise<Checkup> {
  const repairs = repair ? await store.repair(namespace) : [];
  const findings = (await store.check(namespace)).map(diagnose);
  return { findings, repairs };
}

function diagnose(finding: Finding): Diagnosis {
  const { describe, advice } = WORDS[finding.kind];
  const level = isNote(finding) ? 'note' : 'problem';
  return { ...finding, level, message: describe(finding), advice };
}

type Words = { readonly describe: (finding: Finding) => string; readonly advice?: string };

const WORDS: Readonly<Record<FindingKind, Words>> = {
  'bad-lines': {
    describe: ({ count, offset }) =>
      `${many(count, 'line')} cannot be read${offset === undefined ? '' : `, the first at byte ${offset}`}: torn by a kill or a full disk, or damaged; the other lines are whole`,
    advice: 'A journal in use is mended when its supertask has ended.',
  },
  count: { describe: ({ count }) => `its name says that it has ${many(count, 'run')} more or fewer` },
  digest: { describe: () => 'its bytes are not those that it was written with' },
  index: { describe: () => 'the list of the jobs in a file of the history is missing, wrong, or of no file' },
  missing: {
    describe: () => 'definitions of jobs that a journal refers to are not there',
    advice: 'The next start of their scheduler writes them again.',
  },
  unreadable: {
    describe: () => 'it cannot be read',
    advice: 'The next run of its source writes it again.',
  },
  newer: {
    describe: () => 'a newer supertask wrote the state; this one reads it and leaves it as it is',
    advice: 'Update supertask.',
  },
  origin: {
    describe: () => 'the namespace is not the digest of the host, user and source that it names',
    advice: 'Was it copied or edited by hand? It works as it is.',
  },
  permissions: { describe: () => 'others than its owner may use it' },
  owner: { describe: () => 'it belongs to another user', advice: 'Give it back with chown.' },
  link: {
    describe: () => 'it is neither a file nor a directory, and supertask made no such thing',
    advice: 'Look at it, then remove it.',
  },
  'claim-without-record': {
    describe: () => 'a run was claimed, and its supertask was killed before it could be recorded',
    advice: 'It keeps the run from being started again, and is put aside when a day old.',
  },
  'output-without-claim': { describe: () => 'output of a run whose claim is not there' },
  'lost-runs': {
    describe: ({ count }) =>
      `${many(count, 'run')} whose supertask is gone; the next scheduler of the namespace records the end`,
  },
  'open-journal': {
    describe: () => 'its supertask is gone; the next scheduler of the namespace takes it over',
  },
  'stale-slot': {
    describe: ({ count }) =>
      `${many(count, 'place')} held by runs that have ended; whoever needs one takes it`,
  },
  'temporary-file': { describe: () => 'what was to replace a file, when it was cut off' },
  stranger: { describe: () => 'supertask did not make it', advice: 'Look at it, then move it away.' },
  'half-adopted': {
    describe: () => 'a namespace was being adopted, and it was cut off',
    advice: 'Say supertask adopt again.',
  },
  quarantined: {
    describe: ({ count }) => `${many(count, 'file')} that could not be read, put aside and kept`,
    advice: 'When you need nothing of it, remove it.',
  },
};

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
