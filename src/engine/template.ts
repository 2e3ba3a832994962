/** The way to what evaluates templates, which tasks without any do not need. */
import type { RunFacts } from '../model/template-scope.js';
import type { Filling } from './filling.js';

type Loaded = typeof import('./filling.js');

let loaded: Loaded | undefined;

/** Load it, unless it is there. */
export async function loadFilling(): Promise<void> {
  loaded ??= await import('./filling.js');
}

/** Undefined before it has been loaded. */
export function fillingOf(facts: RunFacts, cwd: string): Filling | undefined {
  return loaded?.createFilling(facts, cwd);
}
