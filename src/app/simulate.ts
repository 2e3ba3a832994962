/** What a timetable would do over a span of time: the real engine with a clock that is turned by hand. */
import type { ScheduledTask } from '../engine/agenda.js';
import { createEngine, type Engine } from '../engine/engine.js';
import { createVirtualClock, type VirtualClock } from '../engine/virtual-clock.js';
import type { Origin } from '../model/namespace.js';
import type { scheduledRunId } from '../model/run.js';
import type { Task } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';
import type { Reporter } from '../reporter/reporter.js';
import { createMemoryStore } from '../store/memory.js';
import type { Store, Writer } from '../store/store.js';
import { bindTask } from './bind-task.js';
import { definitionsOf } from './define.js';
import { expandSchedules, withSchedules } from './expand.js';
import { createMomentReader, type Moment } from './moment.js';
import { createSimulatedExecutor } from './simulated-executor.js';

/** A part of time: from the first instant to before the second. */
export type Span = { readonly from: Date; readonly to: Date };

export type SimulationPlan = Span & {
  /** IANA zone for schedules that name none. */
  readonly tz: string;
  /** When the scheduler is not running; in any order. */
  readonly down: readonly Span[];
  /** How long a run takes, in ms. */
  readonly durationOf: (job: string) => number;
  readonly maxRunning: number;
};

type World = {
  readonly tasks: readonly Task[];
  readonly plan: SimulationPlan;
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly reporter: Reporter;
  /** Told and not yet given out. */
  readonly moments: Moment[];
};

const NAMESPACE = 'simulation';
const ORIGIN: Origin = { host: '', user: '', source: NAMESPACE, kind: 'inline', author: undefined };
/** What a scheduler did before it went down is known from when it stopped; few runs are young garbage, and cheap. */
const KEPT_RUNS = 16;
/** Handing them over one by one costs more than finding them out. */
const MOST_TOLD_AT_ONCE = 256;
/** Nobody sets this clock, and nobody else gives signs of life. */
const MAX_WAIT_MS = 86_400_000;

/**
 * Tell what would happen, in the order of time, without running anything.
 *
 * Scheduler and store are those of real runs; the store is empty at first, so nothing of the time before is caught up.
 * Where a stretch of `down` begins, the scheduler is stopped as by SIGTERM; a new one starts at its end.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID` for schedules that cannot be bound.
 */
export async function* simulate(timetable: Timetable, plan: SimulationPlan): AsyncGenerator<Moment> {
  const clock = createVirtualClock(plan.from);
  const moments: Moment[] = [];
  const read = createMomentReader();
  const world: World = {
    tasks: (await expandSchedules(withSchedules(timetable.tasks, undefined))).map(asOneStep),
    plan,
    clock,
    store: createMemoryStore({ now: () => clock.now(), keepRuns: KEPT_RUNS }),
    reporter: {
      report(event) {
        const moment = read(event);
        if (moment !== undefined) moments.push(moment);
        return undefined;
      },
    },
    moments,
  };
  const gaps = mergeSpans(plan.down, plan);
  if (gaps[0]?.from.getTime() === plan.from.getTime()) await introduce(world);
  for (const gap of gaps) {
    yield* live(world, gap.from, true);
    yield { what: 'down', at: gap.from };
    clock.stall(gap.to.getTime() - clock.now().getTime());
    if (gap.to < plan.to) yield { what: 'up', at: gap.to };
  }
  yield* live(world, plan.to, false);
}

/** One scheduler from now to before `to`; then stopped, or left as it is when nobody looks any more. */
async function* live(world: World, to: Date, isStopped: boolean): AsyncGenerator<Moment> {
  const { clock, moments } = world;
  const startedAt = clock.now();
  const spanMs = to.getTime() - startedAt.getTime();
  if (spanMs <= 0) return;
  const writer = await openWriter(world, startedAt);
  const engine = watchEngine(startEngine(world, writer, startedAt));
  // The instant `to` itself is beyond the end.
  const untilMs = clock.steadyMs() + spanMs - 1;
  let isGoing = true;
  while (isGoing) {
    isGoing = await clock.runUntil(untilMs, () => moments.length >= MOST_TOLD_AT_ONCE);
    engine.check();
    yield* moments.splice(0);
  }
  clock.stall(untilMs - clock.steadyMs());
  if (!isStopped) return;
  engine.stop('SIGTERM');
  await engine.done;
  await writer.close('SIGTERM');
  yield* moments.splice(0).map((moment) => ({ ...moment, at: to }));
}

function startEngine({ tasks, plan, clock, reporter }: World, writer: Writer, startedAt: Date): Engine {
  const jobs: readonly ScheduledTask[] = tasks
    .filter((task) => task.enabled)
    .map((task) => bindTask(task, startedAt, plan.tz))
    // Bound once: here nobody looks at the weight.
    .map(({ task, bounds }) => ({ task, bounds }));
  const executor = createSimulatedExecutor(clock, plan.durationOf);
  return createEngine(
    { clock, writer, executor, reporter, nameRun },
    {
      jobs,
      mode: 'schedule',
      startedAt,
      env: {},
      cwd: '/',
      onStop: 'stop',
      maxRunning: plan.maxRunning,
      maxWaitMs: MAX_WAIT_MS,
    },
  );
}

/** A digest tells runs of all schedulers of the world apart; here there is one, and a name is enough. */
function nameRun({ job, dueAt, attempt, after = '' }: Parameters<typeof scheduledRunId>[0]): string {
  return `${String(dueAt.getTime()).padStart(15, '0')} ${job} ${attempt} ${after}`;
}

/** Nobody awaits the end of an engine whose time is virtual, so its failure is asked for. */
function watchEngine(engine: Engine): Engine & { check(): void } {
  let failed: { readonly error: unknown } | undefined;
  engine.done.catch((error: unknown) => {
    failed = { error };
  });
  return {
    ...engine,
    check() {
      if (failed !== undefined) throw failed.error;
    },
  };
}

async function openWriter({ store, tasks, plan }: World, startedAt: Date): Promise<Writer> {
  const writer = await store.open(NAMESPACE, ORIGIN, { mode: 'schedule', startedAt });
  await writer.setJobs(definitionsOf(tasks, plan.tz));
  return writer;
}

/** A scheduler that is down from the first instant on had been running before: its jobs are not new. */
async function introduce(world: World): Promise<void> {
  // Else an instant at the very beginning would count as attended.
  const before = new Date(world.plan.from.getTime() - 1);
  world.clock.setWall(before);
  const writer = await openWriter(world, before);
  await writer.close('SIGTERM');
  world.clock.setWall(world.plan.from);
}

/** How long a run takes is told of the whole of it. */
function asOneStep({ hasTemplates: _, ...task }: Task): Task {
  const [step] = task.steps;
  return { ...task, steps: [{ ...step, when: true }] };
}

/** In order, without overlaps, and within the limits. */
function mergeSpans(spans: readonly Span[], limits: Span): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const from = span.from > limits.from ? span.from : limits.from;
    const to = span.to < limits.to ? span.to : limits.to;
    if (from >= to) continue;
    const last = merged.at(-1);
    if (last === undefined || from > last.to) merged.push({ from, to });
    else if (to > last.to) merged[merged.length - 1] = { from: last.from, to };
  }
  return merged;
}
