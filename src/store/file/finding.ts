/** What a check of the state may find. */

export type FindingKind =
  /** Lines of a journal or of the history that are no records: torn by a kill, or damaged. */
  | 'bad-lines'
  /** A file of the history has another number of runs than its name says. */
  | 'count'
  /** The bytes of a file are not those that its name is a digest of. */
  | 'digest'
  /** The list of jobs beside a file of the history is missing or wrong. */
  | 'index'
  /** A file that others refer to is not there. */
  | 'missing'
  /** The description of the namespace, or the format, cannot be read. */
  | 'unreadable'
  /** A newer supertask wrote the state: it is not touched. */
  | 'newer'
  /** The namespace's id is not the digest of the host, user and source that it names. */
  | 'origin'
  /** Others than the owner may read or write it. */
  | 'permissions'
  /** It belongs to another user. */
  | 'owner'
  /** A symbolic link, or something else that is neither file nor directory, where supertask makes none. */
  | 'link'
  /** A run was claimed and has no record: its supertask was killed in between. */
  | 'claim-without-record'
  /** Output beside which there is no claim. */
  | 'output-without-claim'
  /** Runs whose supertask is gone and which nobody has ended yet; the next scheduler will. */
  | 'lost-runs'
  /** The journal of a supertask that is gone, not yet handed on; the next scheduler will. */
  | 'open-journal'
  /** The place of a run among those that live, held by one that does not; whoever needs it takes it. */
  | 'stale-slot'
  /** What an interrupted replacement of a file left. */
  | 'temporary-file'
  /** A file that supertask did not make. */
  | 'stranger'
  /** Another namespace was being made part of this one when it was interrupted. */
  | 'half-adopted'
  /** Unreadable files that were put aside. */
  | 'quarantined';

export type Finding = {
  readonly kind: FindingKind;
  readonly path: string;
  /** How many of them. */
  readonly count: number;
  /** In the file, where the first of them begins, in bytes. */
  readonly offset?: number;
};

/** Something that is worth knowing and not wrong. */
export function isNote({ kind }: Finding): boolean {
  return kind === 'quarantined';
}

/** One finding where there is something to be found. */
export function some(kind: FindingKind, path: string, count: number, offset?: number): Finding[] {
  if (count === 0) return [];
  return [{ kind, path, count, ...(offset === undefined ? {} : { offset }) }];
}
