/** Places in a shell line, and whether a value can be put there. */

export type Place =
  /** Outside of quotes. */
  | { readonly kind: 'word' }
  /** Where variables are put in, and quotes are there already. */
  | { readonly kind: 'quoted' }
  | { readonly kind: 'refused'; readonly where: string; readonly hint: string };

export type Kind =
  /** Commands: the line itself, `$(…)`, `(…)`. */
  | 'plain'
  | 'single'
  /** `$'…'` */
  | 'ansi'
  | 'double'
  /** `${…}` */
  | 'brace'
  /** Between backquotes. */
  | 'tick'
  /** `$((…))`, `((…))` */
  | 'math'
  /** The text of a here-document, and of one in which nothing is put in. */
  | 'here'
  | 'verbatim'
  | 'comment';

const SINGLE = { where: 'in single quotes', hint: 'Use double quotes, in which variables are put in.' };
const OUTSIDE = 'Set a variable before: x=${{ … }}, and use "$x" here.';
/** Places in which nothing can be put. */
export const REFUSALS: Readonly<Partial<Record<Kind, Omit<Extract<Place, { kind: 'refused' }>, 'kind'>>>> = {
  single: SINGLE,
  ansi: SINGLE,
  brace: { where: 'inside of ${…}', hint: OUTSIDE },
  tick: { where: 'between backquotes', hint: 'Write $(…) in place of the backquotes.' },
  math: { where: 'in arithmetic', hint: 'Check the value first: case ${{ … }} in *[!0-9]*) exit 1;; esac.' },
  verbatim: {
    where: 'in a here-document whose delimiter is quoted',
    hint: 'Take the quotes from the delimiter: <<EOF.',
  },
};

/** The place of a sign that belongs to what stands before it. */
export function leapt(before: string | undefined): Place {
  if (before !== '\\') {
    return { kind: 'refused', where: 'in the delimiter of a here-document', hint: 'Write <<EOF.' };
  }
  return {
    kind: 'refused',
    where: 'behind a backslash',
    hint: 'Remove it; where no template is meant, write $${{.',
  };
}

/** The place of a sign in text that a program reads as code. */
export function asCode(reader: string): Place {
  return {
    kind: 'refused',
    where: `in what ${reader} reads as code`,
    hint: `Give the value beside the code: sh -c 'echo "$1"' sh \${{ … }}, or "$SUPERTASK_ARG_NAME" in single quotes.`,
  };
}
