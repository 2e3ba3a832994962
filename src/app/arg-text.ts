/** Arguments as people write them. */
import type { Json } from '../model/json.js';
import type { Args } from '../model/param.js';

/** Arguments as texts; others than texts come from programs. */
export function argTexts(args: Readonly<Record<string, Json>> = {}): Args {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
