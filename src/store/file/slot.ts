/**
 * How many runs of a job may live at once, and how many may wait for them, over all processes.
 *
 * A slot is a symbolic link that leads nowhere: making one is atomic, fails when it exists, and its text says whose it
 * is, in one system call where a file would need four.
 */
import { readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { systemCode } from '../../errors.js';
import { isAbsent, listNames, removeFile } from './disk.js';
import { jobFileName } from './file-name.js';

/** Who holds a slot. */
export type Holder = { readonly run: string; readonly writer: string; readonly pid: number };

export type SlotAnswer =
  | { readonly kind: 'taken'; readonly path: string }
  | { readonly kind: 'full'; readonly holder: Holder };

/** Slots of runs that live, and of runs that wait for one of those. */
export type SlotKind = 'live' | 'waiting';

const PREFIX: Record<SlotKind, string> = { live: '.', waiting: '.w' };

/**
 * Take one of a job's slots.
 *
 * @param isDead - Whether a holder is gone for good, its processes too; asked only where a slot is taken.
 */
export function takeSlot(
  directory: string,
  { job, kind }: { readonly job: string; readonly kind: SlotKind },
  slots: number,
  mine: Holder,
  isDead: (holder: Holder) => boolean,
): SlotAnswer {
  return takePlace(`${directory}/${jobFileName(job)}${PREFIX[kind]}`, slots, mine, isDead);
}

/** @param stem - The path of a place without its number. */
export function takePlace(
  stem: string,
  slots: number,
  mine: Holder,
  isDead: (holder: Holder) => boolean,
): SlotAnswer {
  const text = `${mine.run} ${mine.writer} ${mine.pid}`;
  let holder = mine;
  for (let slot = 0; slot < slots; slot++) {
    const path = `${stem}${slot}`;
    if (makeLink(path, text)) return { kind: 'taken', path };
    const found = readHolder(path);
    if (found !== undefined && !(isDead(found) && breakSlot(path, found, mine, isDead))) {
      holder = found;
      continue;
    }
    if (makeLink(path, text)) return { kind: 'taken', path };
    holder = readHolder(path) ?? holder;
  }
  return { kind: 'full', holder };
}

/** A run of the job that waits and is due before `mine`; those of the dead are cleared away. */
export function findEarlierWaiting(
  directory: string,
  job: string,
  mine: Holder,
  isDead: (holder: Holder) => boolean,
): Holder | undefined {
  const prefix = jobFileName(job) + PREFIX.waiting;
  for (const name of listNames(directory)) {
    if (!name.startsWith(prefix) || !/^\d+$/.test(name.slice(prefix.length))) continue;
    const path = `${directory}/${name}`;
    const holder = readHolder(path);
    // Ids begin with the instant at which a run is due.
    if (holder === undefined || holder.run >= mine.run) continue;
    if (!isDead(holder) || !breakSlot(path, holder, mine, isDead)) return holder;
  }
  return undefined;
}

export function releaseSlot(path: string): void {
  removeFile(path);
}

/**
 * Remove the slot of a holder that is dead. Whoever makes the token named after the dead run has the sole right to
 * remove that run's slot; who is dead takes no slot again, so what the token's maker sees in the slot cannot change
 * before it is removed. A token whose maker died is passed over by making the next one.
 *
 * @returns Whether the slot is no longer the dead holder's.
 */
export function breakSlot(
  path: string,
  dead: Holder,
  mine: Holder,
  isDead: (holder: Holder) => boolean,
): boolean {
  const text = `${mine.run} ${mine.writer} ${mine.pid}`;
  const tokens: string[] = [];
  for (let level = 0; level < 16; level++) {
    const token = `${path}~${dead.run}.${level}`;
    tokens.push(token);
    if (makeLink(token, text)) {
      if (readHolder(path)?.run === dead.run) removeFile(path);
      for (const made of tokens.reverse()) removeFile(made);
      return true;
    }
    const breaker = readHolder(token);
    // Somebody is removing it just now, or has just done so.
    if (breaker === undefined || !isDead(breaker)) return readHolder(path)?.run !== dead.run;
  }
  return false;
}

/** Whether a place is one of runs that live. */
export function isLivePlace(path: string): boolean {
  return /\.\d+$/.test(path) && !isTrace(path);
}

/** `SLOT~RUN.LEVEL`: made by whoever gives the slot of a dead run back. Ids of jobs may have a `~` as well. */
export function isTrace(path: string): boolean {
  return /~[0-9a-f-]{36}\.\d+$/.test(path);
}

/** Hand a place that is ours from one run of ours to another; nobody sees it free. */
export function handOver(path: string, to: Holder): void {
  const made = `${path}.tmp`;
  removeFile(made);
  symlinkSync(`${to.run} ${to.writer} ${to.pid}`, made);
  renameSync(made, path);
}

export function makeLink(path: string, text: string): boolean {
  try {
    symlinkSync(text, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the slot is free by now. */
export function readHolder(path: string): Holder | undefined {
  try {
    const [run = '', writer = '', pid = ''] = readlinkSync(path).split(' ');
    return { run, writer, pid: Number(pid) };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    // Something else than a link: not ours to judge, so it counts as held.
    if (systemCode(error) === 'EINVAL') return { run: '', writer: '', pid: 0 };
    throw error;
  }
}
