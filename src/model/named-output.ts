/** What a run says in the file that `SUPERTASK_OUTPUT` names: one `NAME=value` per line. Pure. */

/** Larger files and what stands beyond are not read. */
export const MAX_OUTPUT_BYTES = 32 * 1024;

const LINE = /^([A-Za-z_][\w.-]{0,63})=(.*)$/;

/** Values by name; the last of a name counts, and lines of another form are passed over. */
export function parseNamedOutput(text: string): Readonly<Record<string, string>> {
  const pairs = text
    .slice(0, MAX_OUTPUT_BYTES)
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name, value] = LINE.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    });
  return Object.fromEntries(pairs);
}
