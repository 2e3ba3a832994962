import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../src/engine/virtual-clock.ts';

const START = new Date('2026-01-01T00:00:00Z');

describe('a virtual clock', () => {
  it('calls timers in the order of their instants, and of their setting within one', async () => {
    const clock = createVirtualClock(START);
    const called: string[] = [];
    for (const [name, delayMs] of [
      ['late', 20],
      ['first', 10],
      ['second', 10],
    ] as const) {
      clock.after(delayMs, () => called.push(`${name} ${clock.steadyMs()}`));
    }
    clock.after(10, () => called.push('never'))();
    expect(clock.waiting).toBe(3);
    await clock.advance(15);
    expect(called).toEqual(['first 10', 'second 10']);
    expect(clock.now().getTime()).toBe(START.getTime() + 15);
    await clock.advance(5);
    expect(called.at(-1)).toBe('late 20');
    expect(clock.waiting).toBe(0);
  });

  it('waits until what a timer started has come to rest, however many promises that takes', async () => {
    const clock = createVirtualClock(START);
    const told: string[] = [];
    clock.after(10, async () => {
      for (let turn = 0; turn < 1_000; turn++) await undefined;
      clock.after(5, () => told.push(`chained ${clock.steadyMs()}`));
    });
    clock.after(20, () => told.push('other 20'));
    await clock.advance(30);
    expect(told).toEqual(['chained 15', 'other 20']);
  });

  it('stops where it is enough, and goes on from there', async () => {
    const clock = createVirtualClock(START);
    let calls = 0;
    for (const delayMs of [1, 2, 3]) clock.after(delayMs, () => calls++);
    expect(await clock.runUntil(10, () => calls === 2)).toBe(true);
    expect([calls, clock.steadyMs()]).toEqual([2, 2]);
    expect(await clock.runUntil(10)).toBe(false);
    expect([calls, clock.steadyMs()]).toEqual([3, 3]);
  });
});
