/** A state directory that other hosts share over a network: only one of them may schedule there. */
import { SupertaskError } from '../../errors.js';
import { describeShared, sharedFileSystem } from './file-system.js';
import { ownIdentity } from './identity.js';
import { isWriterAlive } from './journals.js';
import type { Place } from './layout.js';
import { viewNamespace } from './view.js';

/** @throws {SupertaskError} `STATE_UNAVAILABLE` while a scheduler on another host uses the namespace. */
export function refuseOtherHost(
  root: string,
  place: Place,
  now: Date,
  warn: (message: string) => void,
): void {
  const shared = sharedFileSystem(root);
  if (shared === undefined) return;
  warn(describeShared(root, shared));
  refuseWhileUsed(place, now);
}

/** Claims are exclusive on one machine; over a network they may not be. */
function refuseWhileUsed(place: Place, now: Date): void {
  const { journals } = viewNamespace(place, now);
  const { boot } = ownIdentity();
  const other = [...journals.writers.values()].find(
    (writer) =>
      writer.mode === 'schedule' &&
      writer.identity !== undefined &&
      writer.identity.boot !== boot &&
      isWriterAlive(writer, now),
  );
  if (other === undefined) return;
  throw new SupertaskError(
    'STATE_UNAVAILABLE',
    `${place.directory} is in use by a scheduler on ${other.identity?.host}, and shared over a network`,
    { hint: 'Stop that one first, or set SUPERTASK_STATE_DIR to a local disk.' },
  );
}
