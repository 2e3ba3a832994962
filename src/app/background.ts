/** A supertask in the background: how one is started, and what it says to whoever has started it. */
import { closeSync, writeSync } from 'node:fs';
import { type BackgroundProcess, startInBackground } from '../executor/process-background.js';
import { type BackgroundLog, createBackgroundLog, nameBackgroundLog } from '../store/file/background-log.js';

/** Tells a process that it is the one in the background; its value is where its log lies. */
const MARK = 'SUPERTASK_BACKGROUND';
/** Where it says what it has become. */
const TELL = 3;

/** What runs in the background from now on. */
export type Told = {
  /** `run`, `runs`: they end by themselves. `standby`: a schedule that waits for another one to end. */
  readonly kind: 'run' | 'runs' | 'schedule' | 'standby';
  readonly namespace: string;
  /** Of a single run. */
  readonly run: string | null;
  readonly pid: number;
  /** What it says beside the output of its runs. */
  readonly log: string;
};

export type Launched = {
  readonly process: Pick<BackgroundProcess, 'ended' | 'signal'>;
  /** What it is; undefined when it ended, or could not begin. */
  readonly told: Promise<Told | undefined>;
  /** What it has said on stderr since this was asked last. */
  said(): Buffer;
  /** It has not become what was wanted: nothing is left of it. */
  discard(): void;
  /** We end without waiting for it. */
  letGo(): void;
};

/**
 * Start this command line once more, in the background.
 *
 * @param root - The state directory.
 * @throws {SupertaskError} `STATE_UNAVAILABLE`
 */
export function launch(root: string, input: NodeJS.ReadableStream | undefined): Launched {
  const log = createBackgroundLog(root);
  const [, script = '', ...words] = process.argv;
  const started = startInBackground({
    // Else Node 20 would take an --env-file of ours for its own.
    args: [...process.execArgv, '--', script, ...words],
    // It is no process of the run that may have started us, and does not end with it.
    env: { ...process.env, [MARK]: log.path, SUPERTASK_RUN_ID: undefined },
    stderr: log.fd,
    input,
  });
  return {
    process: started,
    told: started.said.then((line) => (line === undefined ? undefined : (JSON.parse(line) as Told))),
    said: log.said,
    discard: log.discard,
    letGo() {
      started.letGo();
      log.close();
    },
  };
}

/** Within the process in the background. */
export type Background = {
  /** Say what this process has become, once; from then on it is on its own. */
  tell(told: Omit<Told, 'pid' | 'log'>): void;
  /** Into the log. */
  say(bytes: Uint8Array | string): void;
};

/** Whether this process is the one in the background; asked once, and nothing that it starts will be. */
export function takeBackground(env: NodeJS.ProcessEnv): Background | undefined {
  const path = env[MARK];
  if (path === undefined) return undefined;
  delete env[MARK];
  let log: BackgroundLog | undefined;
  return {
    tell(told) {
      if (log !== undefined) return;
      log = nameBackgroundLog(path, 2, told.namespace);
      // After the last word, also that of an error that nobody has foreseen.
      process.once('exit', log.end);
      try {
        writeSync(TELL, `${JSON.stringify({ ...told, pid: process.pid, log: log.path } satisfies Told)}\n`);
        closeSync(TELL);
      } catch {
        // Whoever started it did not wait.
      }
    },
    say(bytes) {
      if (log === undefined) writeSync(2, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
      else log.write(bytes);
    },
  };
}
