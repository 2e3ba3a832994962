/** Lets a program live in another time: libfaketime, where it is installed. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';

const PLACES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
  '/usr/lib64/faketime/libfaketimeMT.so.1',
];

const library = PLACES.find((place) => existsSync(place));

/** Why nothing can be tested with it; undefined when all is well. */
export const noFaketime = library === undefined ? 'no libfaketime: apt-get install libfaketime' : undefined;

type Env = Readonly<Record<string, string>>;

/** An environment in which it is `at` when the program starts, and time passes `speed` times as fast; timers too. */
export function fastTime(at: Date, speed: number): Env {
  const local = at.toISOString().slice(0, 19).replace('T', ' ');
  // File times stay real: the kernel sets them, and so nothing else should pretend.
  return { LD_PRELOAD: library ?? '', NO_FAKE_STAT: '1', FAKETIME: `@${local} x${speed}`, TZ: 'UTC' };
}

export type SettableClock = {
  readonly env: Env;
  /** Set the wall clock so many seconds beside the real one, as an administrator would; timers do not notice. */
  set(offsetSeconds: number): void;
};

/** @param file - Where the clock is kept; it must not exist. */
export function settableClock(file: string, offsetSeconds = 0): SettableClock {
  const set = (seconds: number): void => {
    writeFileSync(`${file}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
    renameSync(`${file}.new`, file);
  };
  set(offsetSeconds);
  const env = {
    LD_PRELOAD: library ?? '',
    NO_FAKE_STAT: '1',
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_TIMESTAMP_FILE: file,
  };
  return { env, set };
}
