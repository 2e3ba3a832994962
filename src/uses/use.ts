/** What a ready-made thing is given, and how it ends. */
import type { RunEvent } from '../model/uses/event.js';

/** Everything beside its configuration. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run that is reported, in an action. */
  readonly event: RunEvent | undefined;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** A line on standard output. */
  readonly say: (line: string) => void;
  /** A line on standard error. */
  readonly warn: (line: string) => void;
  /** Bytes on standard output. */
  readonly write: (bytes: Uint8Array) => void;
  /** A named output of the run; line breaks become spaces. */
  readonly output: (name: string, value: string | number) => void;
};

/** It did its work where it returns; else it throws, at best a `Failure`. */
export type Use<Values> = (values: Values, around: Surroundings) => Promise<void>;

/** What the exit code says. */
export const EXIT = {
  /** It was done, and the answer is not the expected one. */
  refused: 1,
  /** The configuration is wrong. */
  configuration: 2,
  /** Nobody answered, or the answer was: not now. Trying again may help. */
  temporary: 75,
} as const;

/** An end that has words for people. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.refused, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
