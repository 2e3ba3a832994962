/** What a writer knows: what it has open, what it saw of others, what it could not write yet. */
import type { JobDefinition } from '../../model/job.js';
import type { Run } from '../../model/run.js';
import type { WriterOptions } from '../store.js';
import type { Ballast } from './ballast.js';
import type { Journal } from './journal.js';
import type { WriterState } from './journals.js';
import type { Place } from './layout.js';
import type { Retainer } from './retention.js';

export type FileWriterOptions = WriterOptions & {
  readonly namespace: string;
  readonly version: string;
  readonly now: () => Date;
  /** Make the namespace's directories again. */
  readonly restore: () => void;
  readonly warn: (message: string) => void;
};

/** A run that this writer has claimed and not ended. */
export type OpenRun = {
  run: Run;
  readonly slot: string | undefined;
  /** What it holds or waits for of keys that it shares with other jobs. */
  readonly shared?: readonly string[] | undefined;
  /** Says that it was taken over; absent for those that this writer has claimed itself. */
  readonly token?: string | undefined;
};

/** A claim that may never get its record. */
export type Suspect = {
  readonly run: Run;
  /** When it was made, in ms. */
  readonly at: number;
  /** Found after a death: until it is judged, nobody may take the dead writer for one that needs no more looking at. */
  readonly isOfDead?: boolean;
};

export type State = {
  readonly place: Place;
  readonly options: FileWriterOptions;
  readonly name: string;
  readonly journal: Journal;
  readonly open: Map<string, OpenRun>;
  /** Undefined before a scheduler's first heartbeat. */
  retention: Retainer | undefined;
  /** What it schedules, and the digest under which that is kept. */
  set: JobsKept | undefined;
  /** As told by the heartbeat: what counts as now for what it has. */
  beatAt: Date;
  /** Every moment up to then was attended to; undefined before the first heartbeat. */
  attendedUntil: Date | undefined;
  /** Room for last records on a disk that is full; undefined before it was looked for. */
  ballast: Ballast | undefined;
  /** Claims of others: they should have a record soon. */
  readonly suspects: Map<string, Suspect>;
  /** Writers that are dead, of which the claims without a record are among the suspects or have been judged. */
  searched: ReadonlySet<string> | undefined;
  /** Holders of slots that were found to be alive, and what is known of their runs. */
  readonly holders: Map<
    string,
    { readonly at: number; readonly isThere: boolean; readonly run: Run | undefined }
  >;
  /** Runs of others that are on record as lost or as its own by now, and that no heartbeat has handed on yet. */
  readonly found: Run[];
  /** Writers, as the journals were when it was last asked whether those of others live. */
  seen: { readonly at: number; readonly writers: ReadonlyMap<string, WriterState | undefined> };
  /** Final records that could not be written yet. */
  unwritten: string;
  readonly checked: Set<string>;
  /** The journals of others as they were when nothing had to be done about them. */
  settled: string;
  /** Whether what earlier writers left in the journal that this one took over is done with. */
  isOwnSettled: boolean;
  closed: boolean;
};

export type JobsKept = {
  readonly jobs: Iterable<JobDefinition>;
  readonly digest: string;
  readonly at: Date;
  /** What this writer had before counts up to then, which is later: the clock was set back. */
  readonly after?: Date | undefined;
};

/** Writers of this process that are open: the process may live on after one of them has ended. */
export const openWriters = new Set<string>();
