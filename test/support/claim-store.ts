import type { Store, Writer } from '../../src/store/store.ts';

/** A store in front of whose claims `claim` stands. */
export function withClaim(
  store: Store,
  claim: (claims: Parameters<Writer['claim']>[0], go: Writer['claim']) => ReturnType<Writer['claim']>,
): Store {
  return {
    ...store,
    async open(...args) {
      const writer = await store.open(...args);
      return { ...writer, claim: (claims) => claim(claims, writer.claim) };
    },
  };
}
