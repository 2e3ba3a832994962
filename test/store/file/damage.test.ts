/** What is read from a state that was cut short, overwritten, deleted, or is not ours. */
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournals } from '../../../src/store/file/journals.js';
import { createFileStore, type FileStore } from '../../../src/store/file/store.js';
import type { Writer } from '../../../src/store/store.js';
import { definition, dueRun, ORIGIN, owned, textOf } from '../conformance.js';

let directory: string;
let root: string;
let store: FileStore;
const at = (second: number) => `2026-05-01T00:00:${String(second).padStart(2, '0')}Z`;
const journals = () => join(root, 'namespaces/n1/journal');
const open = (warn?: (message: string) => void): Promise<Writer> =>
  store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date('2026-05-01T00:00:00Z'), warn });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  root = join(directory, 'state');
  store = createFileStore({ root, version: '1.0.0' });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Five ended runs in one journal, which is returned. */
async function fiveRuns(): Promise<string> {
  const writer = await open();
  for (let second = 1; second <= 5; second++) {
    const run = dueRun('a', at(second));
    owned((await writer.claim([{ run }]))[0]).close();
    await writer.record({ id: run.id, status: 'succeeded', exitCode: 0 });
  }
  await writer.close('done');
  const [name] = readdirSync(journals());
  if (name === undefined) throw new Error('no journal');
  return join(journals(), name);
}

describe('a journal', () => {
  it('that ends anywhere gives all runs whose record is whole', async () => {
    const path = await fiveRuns();
    const whole = readFileSync(path);
    const ends = [...whole.toString().matchAll(/"status":"succeeded".*\n/g)].map(
      (match) => match.index + match[0].length,
    );
    for (let length = whole.length; length >= 0; length--) {
      truncateSync(path, length);
      const { runs, badLines } = readJournals(journals());
      const ended = [...runs.values()].filter(({ run }) => run.status === 'succeeded');
      expect(ended.length).toBe(ends.filter((end) => end - 1 <= length).length);
      const torn = whole.subarray(0, length).toString().split('\n').at(-1) ?? '';
      expect(badLines).toBe(torn === '' || torn.endsWith('}}') || torn.endsWith('"done"}') ? 0 : 1);
    }
  });

  it.each([
    ['zeros', Buffer.alloc(5000)],
    ['random bytes', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256))],
    ['half a line', Buffer.from('{"t":"run","at":"2026-05-01T00:00:00Z","w":"x","run":{"id":"01')],
    ['a line of another kind', Buffer.from('{"t":"weather","at":"2026-05-01T00:00:00Z","w":"x","sun":true}')],
    [
      'values that are no records',
      Buffer.from('7\nnull\n[]\n"x"\n{}\n{"t":"run"}\n{"t":"run","at":"x","w":"x","run":7}'),
    ],
    ['a line of 100 MB', Buffer.alloc(100_000_000, 'x')],
  ])('with %s in the middle gives the runs before and after', async (_, garbage) => {
    const path = await fiveRuns();
    appendFileSync(path, garbage);
    const writer = await open();
    await writer.claim([{ run: dueRun('a', at(6), { status: 'skipped', reason: 'paused' }) }]);
    await writer.close('done');
    expect(await store.runs({ limit: 100 })).toHaveLength(6);
  });

  it('is read in bounded memory', async () => {
    const path = await fiveRuns();
    appendFileSync(path, Buffer.alloc(100_000_000, 'x'));
    const before = process.memoryUsage().rss;
    await store.runs({ limit: 1 });
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  it('that was deleted in use is made again, with the runs that are open', async () => {
    const warnings: string[] = [];
    const writer = await open((message) => warnings.push(message));
    await writer.setJobs([definition('a')]);
    const run = dueRun('a', at(1));
    await writer.claim([{ run }]);
    rmSync(join(root, 'namespaces'), { recursive: true });
    await writer.heartbeat(new Date());
    expect(warnings).toEqual([expect.stringContaining('was deleted or moved')]);
    await writer.record({ id: run.id, status: 'succeeded' });
    expect(await store.runs({ limit: 5 })).toMatchObject([{ id: run.id, status: 'succeeded' }]);
    expect(await store.jobs('n1')).toMatchObject([{ id: 'a', lastRun: { id: run.id } }]);
    const [claimed] = await writer.claim([{ run: dueRun('a', at(2)) }]);
    expect(claimed?.kind).toBe('owned');
    await writer.close('done');
  });

  it('is made again by a claim, without waiting for the heartbeat', async () => {
    const writer = await open();
    rmSync(join(root, 'namespaces'), { recursive: true });
    const run = dueRun('a', at(2));
    expect((await writer.claim([{ run }]))[0]?.kind).toBe('owned');
    expect(await store.runs({ limit: 5 })).toMatchObject([{ id: run.id }]);
    await writer.close('done');
  });
});

describe('the state directory', () => {
  it('is private whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      const writer = await open();
      await writer.setJobs([definition('a')]);
      const sink = owned((await writer.claim([{ run: dueRun('a', at(1)), maxLive: 1 }]))[0]);
      sink.write('stderr', Buffer.from('x'));
      sink.close();
      await writer.close('done');
    } finally {
      process.umask(umask);
    }
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name));
    // Links have no modes of their own.
    const found = [root, ...paths].map((path) => ({ path, stats: lstatSync(path) }));
    const open_ = found.filter(({ stats }) => !stats.isSymbolicLink() && (stats.mode & 0o077) !== 0);
    expect(open_).toEqual([]);
    expect(paths.length).toBeGreaterThan(8);
  });

  it.each([
    ['is a link', () => symlinkSync(directory, root), /symbolic link/],
    ['is a file', () => writeFileSync(root, ''), /not a directory/],
    [
      'can be written by others',
      () => {
        mkdirSync(root);
        chmodSync(root, 0o775);
      },
      /written by others \(mode 775\)/,
    ],
    [
      'has a linked part',
      () => {
        mkdirSync(join(root, 'namespaces'), { recursive: true });
        symlinkSync(directory, join(root, 'namespaces/n1'));
      },
      /namespaces\/n1 is a symbolic link/,
    ],
  ])('is refused when it %s', async (_, make, message) => {
    const umask = process.umask(0o022);
    make();
    process.umask(umask);
    await expect(open()).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
    expect(readdirSync(directory)).toEqual(['state']);
  });

  it('of a newer format is read and not written', async () => {
    await fiveRuns();
    writeFileSync(join(root, 'format.json'), '{"format":99,"minWriter":99}');
    expect(await store.runs({ limit: 10 })).toHaveLength(5);
    await expect(open()).rejects.toMatchObject({ code: 'STATE_NEWER' });
  });

  it('of a newer format that older ones may write is written', async () => {
    await fiveRuns();
    writeFileSync(join(root, 'format.json'), '{"format":2,"minWriter":1}');
    await expect((await open()).close('done')).resolves.toBeUndefined();
  });

  it('that does not exist is empty', async () => {
    expect(await store.namespaces()).toEqual([]);
    expect(await store.runs({ limit: 1 })).toEqual([]);
  });
});

describe('a namespace whose description cannot be read', () => {
  it('keeps it aside, says so, and has its runs and its origin', async () => {
    await fiveRuns();
    const path = join(root, 'namespaces/n1/namespace.json');
    writeFileSync(path, '{"id":');
    expect(await store.namespaces()).toMatchObject([{ id: 'n1', source: '?', runs: 5 }]);
    const warnings: string[] = [];
    await (await open((message) => warnings.push(message))).close('done');
    expect(warnings).toEqual([expect.stringContaining('unreadable')]);
    expect(await store.namespaces()).toMatchObject([{ id: 'n1', source: ORIGIN.source, runs: 5 }]);
    const [kept = ''] = readdirSync(join(root, 'namespaces/n1/quarantine'));
    expect(readFileSync(join(root, 'namespaces/n1/quarantine', kept), 'utf8')).toBe('{"id":');
  });
});

describe('a claim', () => {
  it('refuses a link that waits at its name, and never writes through it', async () => {
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'untouched');
    const writer = await open();
    const run = dueRun('a', at(1));
    const day = join(root, 'namespaces/n1/output/20260501');
    mkdirSync(day, { mode: 0o700 });
    symlinkSync(victim, join(day, `${run.id}.out`));
    expect((await writer.claim([{ run }]))[0]?.kind).toBe('duplicate');
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    await writer.close('done');
  });

  it('of many runs is all or nothing', async () => {
    const writer = await open();
    await writer.claim([{ run: dueRun('a', at(1)) }]);
    const output = join(root, 'namespaces/n1/output/20260502');
    writeFileSync(output, 'not a directory');
    const runs = [dueRun('a', at(2)), dueRun('a', '2026-05-02T00:00:00Z')];
    await expect(writer.claim(runs.map((run) => ({ run })))).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
    });
    rmSync(output);
    expect((await writer.claim(runs.map((run) => ({ run })))).map((answer) => answer.kind)).toEqual([
      'owned',
      'owned',
    ]);
    await writer.close('done');
  });

  it.each(['../../x', 'x', '', '01a1fbdf-626b-76dd-9bcd-d94e5f74e7a2/../x'])(
    'refuses %j as a run id',
    async (id) => {
      const writer = await open();
      await expect(writer.claim([{ run: { ...dueRun('a', at(1)), id } }])).rejects.toThrow(
        'is not the id of a run',
      );
      await writer.close('done');
    },
  );

  it.each(['..', 'a/b', '', '.x', 'a..b', 'x'.repeat(65)])('refuses %j as a namespace', async (id) => {
    const options = { mode: 'once', startedAt: new Date() } as const;
    await expect(store.open(id, ORIGIN, options)).rejects.toMatchObject({ code: 'ID_INVALID' });
  });
});

it('reads what a moved state directory holds', async () => {
  await fiveRuns();
  const moved = join(directory, 'moved here');
  renameSync(root, moved);
  const there = createFileStore({ root: moved, version: '1.0.0' });
  expect(await there.runs({ limit: 10 })).toHaveLength(5);
  expect(
    await textOf(there.output((await there.runs({ limit: 1 }))[0] ?? { id: '', namespace: '' }, 'stdout')),
  ).toBe('');
});

describe('a check', () => {
  it('finds nothing wrong with what was just written', async () => {
    await fiveRuns();
    expect(await store.check()).toEqual([]);
  });

  it('names each thing that is wrong, and where', async () => {
    const path = await fiveRuns();
    appendFileSync(path, '{"t":"run"\n');
    const day = join(root, 'namespaces/n1/output/20260501');
    writeFileSync(join(day, `${dueRun('a', at(30)).id}.out`), '', { mode: 0o600 });
    chmodSync(day, 0o755);
    writeFileSync(join(root, 'namespaces/n1/namespace.json'), '');
    const kinds = (await store.check('n1')).map((finding) => finding.kind);
    expect(kinds.sort()).toEqual(['bad-lines', 'claim-without-record', 'permissions', 'unreadable']);
  });
});
