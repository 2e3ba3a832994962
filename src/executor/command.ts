/** What a target becomes: a program with its arguments, or the reason why there is none. Values only. */
import type { Outcome } from '../model/run.js';

/** A process to be. */
export type Command = {
  /** A path, or a name that is looked up on the PATH of `env`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** What stands on its standard input, to the end; nothing unless given. */
  readonly input?: string;
  /** What to do when the program does not exist; for people. */
  readonly hint?: string;
  /** The work goes on outside of the process group: how to reach it. */
  readonly remote?: Remote;
};

/** Work that is reached through a helper, such as a container. None of these rejects. */
export type Remote = {
  /** @returns false when there is nothing to signal, or not yet. */
  signal(signal: NodeJS.Signals): Promise<boolean>;
  /** Kill and remove whatever is left; settles when it is gone, or cannot be reached. */
  remove(): Promise<void>;
  /** How the helper's exit code is to be read, where it is not the program's own. */
  readonly explainExit?: (code: number) => Outcome | undefined;
};

/** A target that cannot be started; `outcome` is what its run ends with. */
export type Refusal = { readonly outcome: Outcome };

export function isRefusal(found: object): found is Refusal {
  return 'outcome' in found;
}

/** A refusal: errored before anything ran. 127: not found, 126: found, and not runnable. */
export function refuse(message: string, exitCode?: 126 | 127): Refusal {
  return {
    outcome: {
      status: 'errored',
      reason: 'spawn',
      message,
      ...(exitCode === undefined ? {} : { exitCode }),
    },
  };
}
