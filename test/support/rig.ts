import { actionsOf } from '../../src/app/actions.ts';
import { createEngine, type Engine, type EngineResult } from '../../src/engine/engine.ts';
import type { Surroundings } from '../../src/engine/gate.ts';
import { createSieve } from '../../src/engine/sieve.ts';
import type { Action } from '../../src/model/action.ts';
import type { Campaign } from '../../src/model/campaign.ts';
import type { Event } from '../../src/model/event.ts';
import type { Gate } from '../../src/model/gate.ts';
import type { Overrides } from '../../src/model/override.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/model/policy.ts';
import type { Run } from '../../src/model/run.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { parseScheduleObject } from '../../src/model/schedule-object.ts';
import { parseTarget } from '../../src/model/target-text.ts';
import type { Task } from '../../src/model/task.ts';
import type { Reporter } from '../../src/reporter/reporter.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeExecutor, type FakeExecutor } from './fake-executor.ts';

/** A schedule as in a file: text or an object. */
type When = string | { readonly [key: string]: unknown };

export type TaskSketch = {
  /** Without any, it runs when asked or after others. */
  readonly when?: When | readonly When[];
  readonly policy?: Partial<Policy>;
  readonly gate?: Partial<Gate>;
  readonly actions?: readonly Action[];
};

export type Rig = {
  readonly time: FakeClock;
  readonly executor: FakeExecutor;
  readonly engine: Engine;
  readonly store: Store;
  readonly events: readonly Event[];
  /** Types of the events that tell what became of due moments. */
  told(): readonly string[];
  /** All records, oldest first, as `status@HH:MM:SS`. */
  records(): Promise<readonly string[]>;
  runs(): Promise<readonly Run[]>;
  stop(): Promise<EngineResult>;
};

const ORIGIN = { host: 'h', user: 'u', source: '/t.yaml', kind: 'file', author: undefined } as const;

const NO_GATE: Gate = {
  conditions: [],
  after: [],
  waitMs: undefined,
  everyMs: 1_000,
  pools: [],
  whenIdle: false,
};

/** A run of `job` whose supertask was killed while it went. */
export async function leaveLost(store: Store, startedAt: Date): Promise<Run> {
  const dead = await store.open('test', ORIGIN, { mode: 'schedule', startedAt });
  const run: Run = {
    id: '019b7000-0000-8000-8000-000000000000',
    namespace: 'test',
    job: 'job',
    status: 'running',
    trigger: 'schedule',
    attempt: 1,
    scheduledAt: startedAt,
    startedAt,
    process: { pid: 4_000_000, start: '1', boot: 'test' },
  };
  await dead.claim([{ run }]);
  await dead.close('killed');
  return run;
}

/** An engine with a clock turned by hand, processes that end when told, and a store in memory. */
export async function rig(
  tasks: Readonly<Record<string, TaskSketch>>,
  options: {
    readonly at?: string;
    readonly time?: FakeClock;
    readonly executor?: FakeExecutor;
    readonly store?: Store;
    readonly tz?: string;
    readonly maxRunning?: number;
    readonly onStop?: 'stop' | 'drain';
    readonly mode?: 'schedule' | 'once';
    readonly campaign?: Campaign;
    /** What conditions come to; those that are asked for are all true unless it says otherwise. */
    readonly look?: Surroundings['look'];
    /** What people say about moments to come, asked whenever the engine looks. */
    readonly overrides?: () => Overrides;
    /** Others schedule the same jobs. */
    readonly isShared?: boolean;
    /** Called for each event after it is noted. */
    readonly report?: Reporter['report'];
  } = {},
): Promise<Rig> {
  const time = options.time ?? createFakeClock(new Date(options.at ?? '2026-01-01T00:00:00Z'));
  const executor = options.executor ?? createFakeExecutor();
  const store = options.store ?? createMemoryStore();
  const events: Event[] = [];
  const startedAt = time.now();
  const mode = options.mode ?? 'schedule';
  const opened = await store.open('test', ORIGIN, { mode, startedAt });
  const { overrides } = options;
  const writer = overrides === undefined ? opened : { ...opened, overrides: async () => overrides() };
  const definitions = Object.entries(tasks).map(([id, sketch]) => taskOf(id, sketch));
  await writer.setJobs(
    definitions.map((task) => ({
      id: task.id,
      name: undefined,
      description: undefined,
      target: 'cmd:true',
      schedules: task.schedules.map(({ text }) => text),
      tz: options.tz ?? 'UTC',
      enabled: true,
    })),
  );
  const engine = createEngine(
    {
      clock: time,
      writer,
      executor,
      surroundings: {
        look: options.look ?? (async () => ({ holds: true, found: 'it is so' })),
        past: (job, since) => store.runs({ namespace: 'test', job, since, limit: 50 }),
        going: () =>
          store.runs({ namespace: 'test', status: ['starting', 'running', 'stopping'], limit: 1000 }),
        close() {},
      },
      reporter: {
        report(event) {
          events.push(event);
          return options.report?.(event);
        },
      },
      sieve: overrides === undefined ? undefined : createSieve(),
      actions: actionsOf(store, 'test', { host: 'h', isShared: options.isShared ?? false }),
    },
    {
      jobs: definitions.map((task) => ({
        task,
        bounds: task.schedules.map((schedule) =>
          bindSchedule(schedule, { jobId: task.id, startedAt, tz: options.tz ?? 'UTC' }),
        ),
      })),
      mode,
      startedAt,
      env: {},
      cwd: '/',
      onStop: options.onStop ?? 'stop',
      maxRunning: options.maxRunning ?? 100,
      campaign: options.campaign,
    },
  );
  await time.advance(0);
  const runs = async (): Promise<readonly Run[]> => [...(await store.runs({ limit: 20_000 }))].reverse();
  return {
    time,
    executor,
    engine,
    store,
    events,
    told: () => events.map(({ type }) => type).filter((type) => type.startsWith('run-')),
    runs,
    records: async () => (await runs()).map(formatRecord),
    async stop() {
      engine.stop('test');
      await time.advance(0);
      const result = await engine.done;
      await writer.close('test', result.attendedUntil);
      return result;
    },
  };
}

function formatRecord(run: Run): string {
  const at = run.scheduledAt.toISOString().slice(11, 19);
  const reason = run.reason === undefined ? '' : `/${run.reason}`;
  const count = run.count === undefined ? '' : ` x${run.count}`;
  return `${run.status}${reason}@${at}${count}`;
}

/** A task of one step that is never looked at. */
export function taskOf(id: string, sketch: TaskSketch): Task {
  const schedules = [sketch.when ?? []].flat().map((when) => parseScheduleObject(when));
  return {
    id,
    name: undefined,
    description: undefined,
    enabled: true,
    schedules,
    steps: [{ name: undefined, target: parseTarget('cmd:true'), when: true, env: {} }],
    env: {},
    cwd: undefined,
    policy: { ...DEFAULT_POLICY, ...sketch.policy },
    ...(sketch.gate === undefined ? {} : { gate: { ...NO_GATE, ...sketch.gate } }),
    ...(sketch.actions === undefined ? {} : { actions: sketch.actions }),
    location: undefined,
  };
}
