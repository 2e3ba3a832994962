/** The ready-made things by name. A new one is a line here, one in `src/uses/table.ts`, and a file for each. Pure. */
import type { Json } from '../json.js';
import { CLEANUP } from './cleanup.js';
import { HEALTHCHECK } from './healthcheck.js';
import { HTTP } from './http.js';
import { MAIL } from './mail.js';
import { type Findings, readShape, type Shape, type Situation } from './shape.js';
import { WEBHOOK } from './webhook.js';

export const READY_MADE = {
  http: HTTP,
  mail: MAIL,
  webhook: WEBHOOK,
  healthcheck: HEALTHCHECK,
  cleanup: CLEANUP,
} as const satisfies Record<string, Shape>;

export type ReadyMade = keyof typeof READY_MADE;

export const READY_MADE_NAMES = Object.keys(READY_MADE) as readonly ReadyMade[];

export function isReadyMade(name: string): name is ReadyMade {
  return Object.hasOwn(READY_MADE, name);
}

/** What is wrong with a configuration as it is written; what comes from outside is checked when the thing runs. */
export function checkReadyMade(name: ReadyMade, written: Json, situation: Situation): Findings {
  return readShape(READY_MADE[name] as Shape, written, situation);
}

/** Names of variables whose values a thing takes for secrets. */
export function secretVariables(use: { readonly name: ReadyMade; readonly with: Json }): readonly string[] {
  return checkReadyMade(use.name, use.with, { hasEvent: true }).secrets;
}
