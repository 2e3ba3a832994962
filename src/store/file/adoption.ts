/** What a namespace's description says of those that it took in. */
import type { Adoption } from '../../model/namespace.js';

/** None where this is not one. */
export function parseAdoption(value: unknown): Adoption[] {
  if (typeof value !== 'object' || value === null) return [];
  const { id, host, user, source, createdAt, adoptedAt } = { ...value } as Record<string, unknown>;
  if (typeof id !== 'string') return [];
  const date = (at: unknown) => (Number.isNaN(Date.parse(String(at))) ? new Date(0) : new Date(String(at)));
  const origin = { host: String(host), user: String(user), source: String(source) };
  return [{ id, ...origin, createdAt: date(createdAt), adoptedAt: date(adoptedAt) }];
}
