import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHeap } from '../../src/engine/heap.ts';

it('gives values back in the order of their keys', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (keys) => {
      const heap = createHeap<number>();
      for (const key of keys) heap.push(key, key);
      const popped = Array.from({ length: keys.length }, () => heap.pop());
      expect(popped).toEqual([...keys].sort((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
