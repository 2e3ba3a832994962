/** `--env`, which gives variables and says what is inherited. */
import { INHERIT_WORDS } from '../../model/inherit.js';

export type EnvFlags = {
  /** `NAME=value`, or what is to be refused. */
  readonly assignments: readonly string[];
  readonly inherit: (typeof INHERIT_WORDS)[number] | undefined;
};

/** `--env=minimal` has no "=" in its value, so it is no variable but says what is inherited; the last one counts. */
export function splitEnvFlags(env: readonly string[] = []): EnvFlags {
  const inherit = env.flatMap((text) => INHERIT_WORDS.find((word) => word === text) ?? []).at(-1);
  return { assignments: env.filter((text) => !INHERIT_WORDS.some((word) => word === text)), inherit };
}
