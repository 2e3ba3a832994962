/** When a file counts as changed, by a clock turned by hand: the watch of the system is only quicker. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { loadSource } from '../../src/app/file-source.ts';
import { type Watching, type WatchParts, watchFiles } from '../../src/app/watch.ts';
import { createVirtualClock, type VirtualClock } from '../../src/engine/virtual-clock.ts';

const directories: string[] = [];
const watches: Watching[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const TEXT = 'tasks:\n  first: {run: echo}\n  second: {run: echo}\n';

/** A file that is watched, and what was read of it: the ids of its tasks, or that it was wrong. */
async function rig(text = TEXT, { isWhole = false, isDeaf = true } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-watch-'));
  directories.push(directory);
  const path = join(directory, 't.yaml');
  writeFileSync(path, text);
  let looked = new Map<string, string>();
  const load = () => {
    looked = new Map();
    return loadSource(isWhole ? directory : path, directory, async () => '', { files: looked });
  };
  const read: string[] = [];
  const warnings: string[] = [];
  let source = await load();
  const reloader: WatchParts['reloader'] = {
    get source() {
      return source;
    },
    get looked() {
      return looked;
    },
    async reloadNow() {
      const next = await load().catch(() => undefined);
      read.push(next === undefined ? 'wrong' : next.timetable.tasks.map(({ id }) => id).join(' '));
      source = next ?? source;
      return { status: 'rejected', problems: [] };
    },
  };
  // What is read from a file has to come back before the next timer.
  const clock = createVirtualClock(new Date(), { whenSettled: (call) => setTimeout(call, 1) });
  const watch = watchFiles({ clock, isDeaf, reloader, warn: (message) => warnings.push(message) });
  watches.push(watch);
  return { path, directory, clock, read, warnings };
}

it('reads a file once that was changed, as soon as it stays as it is', async () => {
  const { path, clock, read } = await rig();
  writeFileSync(path, `${TEXT}  third: {run: echo}\n`);
  await clock.advance(10_000);
  expect(read).toEqual(['first second third']);
});

it('does not read what stops within a line before it is whole', async () => {
  const { path, clock, read } = await rig();
  writeFileSync(path, `${TEXT}  third: {run: ec`);
  // Longer than a file has to stay as it is, shorter than it is waited for the rest.
  await clock.advance(1_200);
  expect(read).toEqual([]);
  appendFileSync(path, 'ho}\n');
  await clock.advance(5_000);
  expect(read).toEqual(['first second third']);
});

it('does not wait for ever for the end of a line', async () => {
  const { path, clock, read } = await rig();
  writeFileSync(path, `${TEXT}  third: {run: echo}`);
  await clock.advance(5_000);
  expect(read).toEqual(['first second third']);
});

it('passes over a file that is gone for a moment', async () => {
  const { path, clock, read } = await rig();
  rmSync(path);
  await clock.advance(1_200);
  writeFileSync(path, `${TEXT}  third: {run: echo}\n`);
  await clock.advance(5_000);
  expect(read).toEqual(['first second third']);
});

it('tells of a wrong text once, until it is another one', async () => {
  const { path, clock, read } = await rig();
  writeFileSync(path, 'tasks: 1\n');
  await clock.advance(5_000);
  utimesSync(path, 1, 1);
  await clock.advance(5_000);
  expect(read).toEqual(['wrong']);
  writeFileSync(path, 'tasks: 2\n');
  await clock.advance(5_000);
  expect(read).toEqual(['wrong', 'wrong']);
});

it('reads what came while it was reading', async () => {
  const { path, clock, read } = await rig();
  for (const id of ['a', 'b', 'c']) {
    writeFileSync(path, `tasks: {${id}: {run: echo}}\n`);
    await clock.advance(2_200);
  }
  await clock.advance(5_000);
  expect(read.at(-1)).toBe('c');
});

it('finds a file soon whose directory was moved away, when there is another one in its place', async () => {
  const { path, directory, clock, read } = await rig(TEXT, { isDeaf: false });
  const away = `${directory}-away`;
  directories.push(away);
  renameSync(directory, away);
  await clock.advance(40_000);
  expect(read).toEqual(['wrong']);
  mkdirSync(directory);
  writeFileSync(path, 'tasks: {a: {run: echo}}\n');
  await clock.advance(5_000);
  expect(read).toEqual(['wrong', 'a']);
});

it('is told of changes again after its directory was away for a moment', async () => {
  const { path, directory, clock, read } = await rig(TEXT, { isDeaf: false, isWhole: true });
  renameSync(directory, `${directory}-away`);
  // It is looked at, and given a moment to come back; where the system tells at once, that is over before.
  await clock.advance(30_300);
  renameSync(`${directory}-away`, directory);
  await clock.advance(5_000);
  writeFileSync(path, 'tasks: {a: {run: echo}}\n');
  // What the system tells comes when it comes, and long before the files are looked at unasked.
  const told = async () => {
    await clock.advance(100);
    return read.at(-1);
  };
  await expect.poll(told, { timeout: 5_000 }).toBe('t.a');
});

it('survives a link that leads to itself', async () => {
  const { path, clock, read } = await rig();
  rmSync(path);
  symlinkSync(path, path);
  await clock.advance(5_000);
  rmSync(path);
  writeFileSync(path, 'tasks: {a: {run: echo}}\n');
  await clock.advance(5_000);
  expect(read).toEqual(['wrong', 'a']);
});

describe('a directory', () => {
  it('is read again when a file comes, changes and goes, also below a new directory', async () => {
    const { directory, clock, read } = await rig(TEXT, { isWhole: true });
    mkdirSync(join(directory, 'db'));
    await clock.advance(5_000);
    expect(read).toEqual([]);
    writeFileSync(join(directory, 'db/more.yaml'), 'tasks: {a: {run: echo}}\n');
    await clock.advance(5_000);
    appendFileSync(join(directory, 't.yaml'), '  third: {run: echo}\n');
    await clock.advance(5_000);
    rmSync(join(directory, 'db'), { recursive: true });
    await clock.advance(5_000);
    expect(read).toEqual([
      'db.more.a t.first t.second',
      'db.more.a t.first t.second t.third',
      't.first t.second t.third',
    ]);
  });

  it('is read again when a file of it becomes a timetable, or has another name', async () => {
    const { directory, clock, read } = await rig(TEXT, { isWhole: true });
    writeFileSync(join(directory, 'x.yaml'), 'services: {}\n');
    await clock.advance(5_000);
    writeFileSync(join(directory, 'x.yaml'), 'tasks: {a: {run: echo}}\n');
    await clock.advance(5_000);
    renameSync(join(directory, 'x.yaml'), join(directory, 'y.yaml'));
    await clock.advance(5_000);
    expect(read).toEqual(['t.first t.second', 't.first t.second x.a', 't.first t.second y.a']);
  });

  it('does not care for what else happens in it', async () => {
    const { directory, clock, read } = await rig(TEXT, { isWhole: true });
    for (const name of ['t.yaml~', '.t.yaml.swp', '#t.yaml#', '.#t.yaml', 't.yaml.bak', '4913', 'output.log'])
      writeFileSync(join(directory, name), 'tasks: {a: {run: echo}}\n');
    mkdirSync(join(directory, 'node_modules'));
    writeFileSync(join(directory, 'node_modules/x.yaml'), 'tasks: {a: {run: echo}}\n');
    await clock.advance(5_000);
    expect(read).toEqual([]);
  });

  it('waits for the rest of a new file, and goes on with the last good state when it is wrong', async () => {
    const { directory, clock, read } = await rig(TEXT, { isWhole: true });
    writeFileSync(join(directory, 'x.yaml'), 'tasks:\n  a: {run: ec');
    await clock.advance(1_200);
    expect(read).toEqual([]);
    appendFileSync(join(directory, 'x.yaml'), 'ho, no-such-key: 1}\n');
    await clock.advance(5_000);
    writeFileSync(join(directory, 'x.yaml'), 'tasks:\n  a: {run: echo}\n');
    await clock.advance(5_000);
    expect(read).toEqual(['wrong', 't.first t.second x.a']);
  });

  it('that is gone is told of once, and read when it is back', async () => {
    const { directory, path, clock, read } = await rig(TEXT, { isWhole: true });
    rmSync(directory, { recursive: true });
    await clock.advance(10_000);
    expect(read).toEqual(['wrong']);
    mkdirSync(directory);
    writeFileSync(path, 'tasks: {a: {run: echo}}\n');
    await clock.advance(5_000);
    expect(read).toEqual(['wrong', 't.a']);
  });
});

const CALENDAR = 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n';
const WITH_CALENDAR = `calendars: {holidays: {ics: holidays.ics}}
tasks: {a: {when: {daily: '09:00', calendar: holidays}, run: echo}}
`;

/** What has been read a while later: loading the language of calendars takes longer than a turn of the clock. */
async function advanced(clock: VirtualClock, read: readonly string[]): Promise<readonly string[]> {
  await clock.advance(5_000);
  return read;
}

describe('what a timetable reads', () => {
  it('is waited for when a changed text names it before it is there', async () => {
    const { path, directory, clock, read } = await rig();
    writeFileSync(path, WITH_CALENDAR);
    await expect.poll(() => advanced(clock, read)).toEqual(['wrong']);
    writeFileSync(join(directory, 'holidays.ics'), CALENDAR);
    await expect.poll(() => advanced(clock, read)).toEqual(['wrong', 'a']);
  });

  it('is read again when it was wrong, and told of once until then', async () => {
    const { path, directory, clock, read } = await rig();
    const calendar = join(directory, 'holidays.ics');
    writeFileSync(calendar, 'not a calendar\n');
    writeFileSync(path, WITH_CALENDAR);
    await expect.poll(() => advanced(clock, read)).toEqual(['wrong']);
    utimesSync(calendar, 1, 1);
    for (let look = 0; look < 10; look++) await advanced(clock, read);
    expect(read).toEqual(['wrong']);
    writeFileSync(calendar, CALENDAR);
    await expect.poll(() => advanced(clock, read)).toEqual(['wrong', 'a']);
  });
});
