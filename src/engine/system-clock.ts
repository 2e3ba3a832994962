/** The real clocks of the machine. */
import { readFileSync } from 'node:fs';
import type { Clock } from './clock.js';

export function createSystemClock(): Clock {
  return {
    now: () => new Date(),
    // What `performance` is made of would have to be loaded.
    steadyMs: () => Number(process.hrtime.bigint()) / 1e6,
    bootMs: readUptimeMs,
    after(delayMs, call) {
      const timer = setTimeout(call, Math.max(0, Math.ceil(delayMs)));
      return () => clearTimeout(timer);
    },
  };
}

/** `/proc/uptime` counts time asleep, the steady clock does not: the difference tells suspend from a set clock. */
function readUptimeMs(): number | undefined {
  try {
    const seconds = Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
    return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
