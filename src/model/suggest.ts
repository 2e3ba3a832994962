/** "Did you mean": which known word somebody may have meant. */

const LONGEST = 64;

/**
 * The known word nearest to a mistyped one; the first of several that are equally near.
 *
 * Case does not count; one slip (a letter too many, missing, wrong or swapped with its neighbour) is forgiven per
 * three letters, and the beginning of a word of at least three letters stands for the word.
 *
 * @returns `undefined` when nothing is near enough to be a likely slip.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word === '' || word.length > LONGEST) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const slips = distance(wanted, candidate.toLowerCase());
    if (slips < least && slips <= forgiven(wanted, candidate)) {
      best = candidate;
      least = slips;
    }
  }
  return best ?? known.find((candidate) => wanted.length >= 3 && candidate.toLowerCase().startsWith(wanted));
}

function forgiven(wanted: string, candidate: string): number {
  // The shorter word counts: otherwise any one-letter word would be near any two-letter one.
  const length = Math.min(wanted.length, candidate.length);
  return length < 2 ? 0 : Math.max(1, Math.floor(length / 3));
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = above;
    above = current;
  }
  return above[to.length] ?? 0;
}
