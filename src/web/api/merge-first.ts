/** A list of which the first page was asked for again. Pure. */

/**
 * The first page as it is now, and behind it what was known to come after its last item: what new items have pushed off
 * the first page stays, what is gone from it goes.
 */
export function mergeFirst<Item>(
  known: readonly Item[],
  first: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  if (known.length === 0 || first.length === 0) return first;
  const keys = new Set(first.map(keyOf));
  const last = known.findLastIndex((item) => keys.has(keyOf(item)));
  // Nothing of it was known before: so much is new that what comes between is not known either.
  return last < 0 ? first : [...first, ...known.slice(last + 1)];
}
