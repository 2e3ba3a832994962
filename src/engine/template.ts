/** The way to what evaluates templates, which tasks without any do not need. */
import type { Args } from '../model/param.js';
import type { RunFacts } from '../model/template-scope.js';
import type { Filling } from './filling.js';

type Loaded = typeof import('./filling.js');

let loaded: Loaded | undefined;

/** Load it, unless it is there. */
export async function loadFilling(): Promise<void> {
  loaded ??= await import('./filling.js');
}

/** @param told - What an action is told. @returns Undefined before it has been loaded. */
export function fillingOf(
  facts: RunFacts,
  cwd: string,
  told: Readonly<Record<string, string>> | undefined,
): Filling | undefined {
  return loaded?.createFilling(facts, cwd, told);
}

/**
 * Arguments with their templates evaluated. It must have been loaded.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID`
 */
export function fillArgs(facts: RunFacts, args: Args): Args {
  return loaded === undefined ? args : loaded.fillArgs(facts, args);
}
