/** A binary heap: the smallest key first, in O(log n). */
export type Heap<T> = {
  readonly size: number;
  push(key: number, value: T): void;
  /** The smallest key; undefined when empty. */
  peekKey(): number | undefined;
  /** The value with the smallest key, left in. */
  peek(): T | undefined;
  /** All values with the smallest key, left in, in any order; the cost grows with their number only. */
  peekAll(): T[];
  /** The value with the smallest key, taken out. */
  pop(): T | undefined;
};

export function createHeap<T>(): Heap<T> {
  const keys: number[] = [];
  const values: T[] = [];

  const swap = (a: number, b: number): void => {
    [keys[a], keys[b]] = [keyAt(b), keyAt(a)];
    [values[a], values[b]] = [values[b] as T, values[a] as T];
  };
  const keyAt = (index: number): number => keys[index] ?? Number.POSITIVE_INFINITY;

  const siftUp = (from: number): void => {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (keyAt(parent) <= keyAt(index)) return;
      swap(parent, index);
      index = parent;
    }
  };

  const siftDown = (): void => {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const smaller = keyAt(left + 1) < keyAt(left) ? left + 1 : left;
      if (keyAt(smaller) >= keyAt(index)) return;
      swap(smaller, index);
      index = smaller;
    }
  };

  return {
    get size() {
      return keys.length;
    },
    push(key, value) {
      keys.push(key);
      values.push(value);
      siftUp(keys.length - 1);
    },
    peekKey: () => keys[0],
    peek: () => values[0],
    peekAll() {
      const found: T[] = [];
      const open = [0];
      for (let index = open.pop(); index !== undefined; index = open.pop()) {
        if (keys.length === 0 || keyAt(index) !== keys[0]) continue;
        found.push(values[index] as T);
        open.push(2 * index + 1, 2 * index + 2);
      }
      return found;
    },
    pop() {
      const last = keys.length - 1;
      if (last < 0) return undefined;
      swap(0, last);
      keys.pop();
      const value = values.pop();
      if (last > 0) siftDown();
      return value;
    },
  };
}
