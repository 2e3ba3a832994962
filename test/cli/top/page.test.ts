/** The terminal page without a terminal: what keys do, and what is drawn. */
import { describe, expect, it } from 'vitest';
import type { JobOverview, Overview } from '../../../src/app/overview.ts';
import { decodeKeys } from '../../../src/cli/top/key.ts';
import { renderScreen } from '../../../src/cli/top/screen.ts';
import { initialState, press, type TopState, withOverview } from '../../../src/cli/top/state.ts';
import type { Run } from '../../../src/model/run.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);

function runOf(job: string, change: Partial<Run>): Run {
  const base = {
    id: '019b0000-0000-8000-8000-000000000000',
    namespace: 'shop',
    trigger: 'schedule',
  } as const;
  return { ...base, job, attempt: 1, status: 'succeeded', scheduledAt: ago(60_000), ...change };
}

function jobOf(
  id: string,
  change: Partial<JobOverview> = {},
  job: Partial<JobOverview['job']> = {},
): JobOverview {
  return {
    job: {
      id,
      namespace: 'shop',
      name: undefined,
      description: undefined,
      target: `cmd:${id}`,
      schedules: ['@daily'],
      tz: 'UTC',
      enabled: true,
      paused: false,
      seenAt: ago(1e6),
      nextDueAt: ago(-90_000),
      lastRun: undefined,
      ...job,
    },
    recent: [],
    live: [],
    usualMs: undefined,
    ...change,
  };
}

function overviewOf(jobs: readonly JobOverview[]): Overview {
  return { at: NOW, namespace: 'shop', schedulers: [], jobs };
}

function typed(state: TopState, ...keys: string[]): TopState {
  return keys.reduce((now, key) => press(now, key).state, state);
}

const drawn = (state: TopState, columns = 80, rows = 24): readonly string[] =>
  renderScreen(state, { columns, rows }, NOW, (_, text) => text);

const GOING = runOf('etl', { status: 'running', startedAt: ago(95_000) });
const THREE = overviewOf([
  jobOf('etl', { live: [GOING], recent: [GOING], usualMs: 30_000 }),
  jobOf('backup', { recent: [runOf('backup', { status: 'failed', endedAt: ago(5_000), durationMs: 9 })] }),
  jobOf('sync', {}, { paused: true }),
]);

describe('keys', () => {
  it('are read from what terminals send', () => {
    expect(decodeKeys('j\u001b[A\u001b[6~\u0003é\u001b')).toEqual([
      'j',
      'up',
      'pagedown',
      'ctrl-c',
      'é',
      'escape',
    ]);
    expect(decodeKeys('\u001b[200~\u0000x')).toEqual(['x']);
  });

  it('move the selection within the list', () => {
    const state = initialState(THREE);
    expect(state.selected).toBe('shop/etl');
    expect(typed(state, 'down').selected).toBe('shop/backup');
    expect(typed(state, 'end', 'down', 'j').selected).toBe('shop/sync');
    expect(typed(state, 'pagedown', 'home', 'up').selected).toBe('shop/etl');
  });

  it('keep the selected job selected when the order changes, and take another when it is gone', () => {
    const state = typed(initialState(THREE), 'down');
    const turned = withOverview(state, overviewOf([...THREE.jobs].reverse()));
    expect(turned.selected).toBe('shop/backup');
    expect(withOverview(turned, overviewOf([jobOf('new')])).selected).toBe('shop/new');
    expect(withOverview(turned, overviewOf([])).selected).toBeUndefined();
  });

  it('act on the selected job; stopping asks first', () => {
    const state = initialState(THREE);
    expect(press(state, 't').effect).toMatchObject({
      kind: 'act',
      action: 'trigger',
      job: { job: { id: 'etl' } },
    });
    expect(press(typed(state, 'end'), 'p').effect).toMatchObject({ action: 'resume' });
    expect(press(state, 'p').effect).toMatchObject({ action: 'pause' });
    const asked = press(state, 'x');
    expect(asked.effect).toBeUndefined();
    expect(press(asked.state, 'n')).toMatchObject({
      state: { message: 'nothing was stopped', mode: 'jobs' },
    });
    expect(press(asked.state, 'y').effect).toMatchObject({ action: 'stop', job: { job: { id: 'etl' } } });
    expect(press(typed(state, 'down'), 'x').state.message).toBe('nothing of this job is running');
  });

  it('type a filter, which takes every letter', () => {
    const state = typed(initialState(THREE), '/', 'q', 'backspace', 'b', 'a');
    expect(drawn(state).filter((line) => /^[> ] (etl|backup|sync)/.test(line))).toHaveLength(1);
    expect(typed(state, 'enter').mode).toBe('jobs');
    expect(typed(state, 'enter', 'escape').filter).toBe('');
    expect(press(typed(state, 'enter'), 'q').effect).toEqual({ kind: 'quit' });
  });
});

describe('the page', () => {
  it('has a line for each job: due, state against the usual, last runs', () => {
    const lines = drawn(initialState(THREE));
    expect(lines[0]).toMatch(
      /^supertask · shop · no scheduler is running · 3 jobs · 1 running +\d\d:\d\d:\d\d$/,
    );
    expect(lines.slice(2, 5).map((line) => line.replace(/ +/g, ' ').trim())).toEqual([
      '> etl in 1m30s running 1m35s of ~30s »',
      'backup in 1m30s failed 5s ago ✗',
      'sync in 1m30s paused',
    ]);
  });

  it('tells what is planned as what is due, and the last run as it was', () => {
    const evidence = { plannedFor: ago(-30_000).toISOString() };
    const planned = runOf('etl', {
      status: 'waiting',
      trigger: 'manual',
      scheduledAt: ago(-30_000),
      evidence,
    });
    const recent = [runOf('etl', { status: 'failed', endedAt: ago(5_000) })];
    const lines = drawn(initialState(overviewOf([jobOf('etl', { live: [planned], recent }, { planned })])));
    expect(lines[0]).toMatch(/ 1 jobs · 0 running /);
    expect(lines[2]).toMatch(/^> etl +in 30s +failed 5s ago +/);
  });

  it.each([
    [80, 24],
    [60, 10],
    [200, 60],
    [61, 11],
  ])('fills %i columns and %i rows exactly', (columns, rows) => {
    const many = overviewOf(
      Array.from({ length: 100 }, (_, index) => jobOf(`job-with-a-long-name-${index}`)),
    );
    for (const mode of ['jobs', 'help', 'log', 'filter'] as const) {
      const state = {
        ...initialState(many),
        mode,
        log: { run: 'r', text: `${'x'.repeat(500)}\n`.repeat(99) },
      };
      const lines = drawn(state, columns, rows);
      expect(lines).toHaveLength(rows);
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
  });

  it('scrolls to the selected job', () => {
    const many = overviewOf(Array.from({ length: 100 }, (_, index) => jobOf(`job-${index}`)));
    expect(drawn(typed(initialState(many), 'end')).join('\n')).toContain('> job-99');
    expect(drawn(typed(initialState(many), ...Array(50).fill('down'))).join('\n')).toContain('> job-50');
  });

  it('shows the end of the log without what could take the terminal over', () => {
    const log = { run: 'r', text: `first\n${'.\n'.repeat(50)}\u001b[2J\u001b[31mlast\u001b[0m\tend\n` };
    const text = drawn({ ...initialState(THREE), log }).join('\n');
    expect(text).toContain('\nlast  end\n');
    expect(text).not.toContain('first');
    expect(text).not.toContain('\u001b');
  });

  it('shows what is in names instead of doing it', () => {
    const text = drawn(initialState(overviewOf([jobOf('a', {}, { name: '\u001b[2Jx\n' })]))).join('\n');
    expect(text).toContain('\\x1b[2Jx\\n');
  });

  it('says when there is too little room', () => {
    expect(drawn(initialState(THREE), 59, 24)[0]).toBe('supertask: this terminal is too small');
  });
});
