/** A writer whose directory was deleted begins it anew. */
import { guarded } from './disk.js';
import { keepJobs } from './writer-keep.js';
import type { State } from './writer-state.js';

/** The directory was deleted while it was in use: begin it anew, with all that is still open. */
export function restore(state: State): void {
  const { place, options } = state;
  options.warn(
    `${place.directory} was deleted or moved while in use; it is made again with what is going on now`,
  );
  state.checked.clear();
  options.restore();
  if (state.set !== undefined) state.set = keepJobs(state, state.set.jobs, state.beatAt);
  guarded('write to', place.journals, () => state.journal.restart());
}
