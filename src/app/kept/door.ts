/** What a live scheduler knows and does about jobs made through the API. */
import type { Task } from '../../model/task.js';
import type { Reloader } from '../reload.js';
import type { KeptReader } from './reader.js';
import type { KeptSurroundings } from './task.js';

export type KeptDoor = {
  readonly surroundings: KeptSurroundings;
  /** The jobs of the source; their names are taken. */
  own(): readonly Task[];
  /** Take over what has been written. */
  takeOver(): Promise<void>;
};

export function doorOf(
  { surroundings }: KeptReader,
  reloader: Pick<Reloader, 'own' | 'reloadNow'>,
): KeptDoor {
  return {
    surroundings,
    own: () => reloader.own,
    takeOver: async () => void (await reloader.reloadNow('api')),
  };
}
