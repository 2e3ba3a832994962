/** Short helper commands, such as asking a container engine a question. Never a run. */

export type ToolAnswer = {
  /** Undefined: it could not be started, was killed, or took too long. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
};

export type ToolOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly cwd?: string;
};

/** More than any question is answered with; what goes beyond is cut off. */
const MAX_ANSWER_BYTES = 4_194_304;

/** Run a helper to its end. Never rejects. */
export async function askTool(
  program: string,
  args: readonly string[],
  { env, cwd, timeoutMs }: ToolOptions,
): Promise<ToolAnswer> {
  // Loading it costs more than most commands take.
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    // A helper is no process of the run, and does not end with it.
    env: { ...env, SUPERTASK_RUN_ID: undefined },
    extendEnv: false,
    ...(cwd === undefined ? {} : { cwd }),
    stdin: 'ignore',
    timeout: timeoutMs,
    forceKillAfterDelay: 500,
    maxBuffer: MAX_ANSWER_BYTES,
    reject: false,
  });
  return { exitCode: result.exitCode, stdout: result.stdout ?? '', stderr: result.stderr ?? '' };
}
