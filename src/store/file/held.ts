/** Which definitions of a job schedulers have had, as far as the journals go back. */
import type { HeldDefinition } from '../store.js';
import { loadDefinitions } from './definition-reader.js';
import { readJournals } from './journals.js';
import type { Place } from './layout.js';

export function definitionsHeld(place: Place, job: string): HeldDefinition[] {
  const sets = readJournals(place.journals).jobSets.filter(({ mode }) => mode === 'schedule');
  const known = new Map<string, HeldDefinition['definition']>();
  const find = (set: string): HeldDefinition['definition'] => {
    if (!known.has(set))
      known.set(
        set,
        loadDefinitions(place.definitions, set).find(({ id }) => id === job),
      );
    return known.get(set);
  };
  return sets
    .sort((left, right) => (left.at < right.at ? -1 : Number(left.at > right.at)))
    .map(({ at, set }) => ({ at: new Date(at), definition: find(set) }));
}
