import { createMemoryStore } from '../../src/store/memory.js';
import { describeStore } from './conformance.js';

describeStore('memory', () => {
  const store = createMemoryStore({ now: () => new Date('2026-05-01T12:00:00Z') });
  return { store, other: store, dispose: () => undefined };
});
