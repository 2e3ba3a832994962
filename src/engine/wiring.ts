/** Puts the parts of the firing together, each with what it needs of the others. */
import { argVariables } from '../model/arg.js';
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import { createAside } from './aside.js';
import { accept } from './begin.js';
import { createClaimMaker } from './claim.js';
import { dropPlanned, endPending, endPlanned, endWaiting } from './drop.js';
import { inheritedEnvironment, runEnvironment } from './environment.js';
import type { FiringParts, FiringState } from './firing-state.js';
import { createFollowing, type Following } from './following.js';
import type { Surroundings } from './gate.js';
import { createHolding } from './holding.js';
import { createPatientClaims } from './outage.js';
import { place } from './place.js';
import type { EnginePlan } from './plan.js';
import { startHeld, submitHeld } from './start-held.js';
import { submit } from './submit.js';
import { createTurns, type Turns } from './turn.js';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.js';
import { isUncounted } from './wish.js';

export function createState(parts: FiringParts): FiringState {
  const { clock, plan, surroundings, writer } = parts;
  const tell = (event: Event): void => void parts.tell(event);
  const hasPools = surroundings !== undefined;
  const state: FiringState = {
    parts,
    claims: createClaimMaker({
      clock,
      namespace: writer.namespace,
      mode: plan.mode,
      hasPools,
      nameRun: parts.nameRun,
    }),
    store: createPatientClaims(clock, writer, tell, plan.mode === 'schedule'),
    turns: turnsOf(parts, () => state),
    aside: createAside(clock),
    live: new Set(),
    prepared: new Map(),
    holding() {
      const { claims, store, turns } = state;
      const end = (run: Run, change: Partial<Run>): Promise<void> => endPlanned(state, run, change);
      state.held ??= createHolding({ clock, claims, store, turns, tell, end });
      return state.held;
    },
    held: undefined,
    following: undefined,
    gates: undefined,
    runParts: {
      ...parts,
      env: inheritedEnvironment(plan.env),
      cwd: plan.cwd,
      host: plan.host,
      tz: plan.tz,
      schedulerStartedAt: plan.startedAt,
    },
    hasOtherJobs: false,
    closed: undefined,
    claiming: 0,
    arriving: 0,
    informing: 0,
  };
  state.following = followingOf(state);
  if (surroundings !== undefined) state.gates = gatesOf(state, surroundings);
  return state;
}

/** @param of - Not asked before the first run. */
function turnsOf({ campaign, clock, executor, listen, plan }: FiringParts, of: () => FiringState): Turns {
  return createTurns({
    clock,
    hasRoom(next) {
      const { claiming, live, store } = of();
      if (live.size + claiming >= plan.maxRunning) return false;
      return (isUncounted(next?.planned) || campaign.mayStart(claiming)) && store.heldForMs() === 0;
    },
    async claim({ planned, run }) {
      const state = of();
      state.claiming++;
      const claim = state.claims.startWaiting(planned, run);
      const answers = await state.store.claim([claim]).finally(() => state.claiming--);
      return answers?.[0] && { run: claim.run, answer: answers[0] };
    },
    accept: (pending, answer) => accept(of(), pending, 'turn', answer),
    endOther(run, job) {
      if (run.process === undefined) return;
      executor.endOther({ id: run.id, process: run.process }, job.task.policy.stop);
    },
    settled: listen.settled,
    failed: listen.failed,
  });
}

function followingOf(state: FiringState): Following | undefined {
  const { actions, clock, jobOf, jobsOf, listen, plan, tell } = state.parts;
  return (
    actions &&
    createFollowing({
      actions: actions({
        clock,
        tell: (event) => void tell(event),
        jobOf,
        jobsOf: (taskId) => [...jobsOf(taskId), ...othersOf(plan, taskId)],
        hide: (text) => state.runParts.hiding?.mask.text(text) ?? text,
        env: state.runParts.env,
        tz: plan.tz,
      }),
      clock,
      holding: state.holding,
      start: (some) => startHeld(state, some),
      refuse: (run, message) => endWaiting(state, run, { status: 'errored', reason: 'template', message }),
      settled: listen.settled,
      failed: listen.failed,
    })
  );
}

function gatesOf(state: FiringState, surroundings: Surroundings): WaitingRoom {
  const { clock, followersOf, jobOf, jobsOf, listen, nextAtOf, plan, writer } = state.parts;
  return createWaitingRoom({
    clock,
    surroundings,
    jobOf,
    jobsOf,
    followersOf,
    nextAtOf,
    placeOf: ({ job: { task } }, run) => ({
      runId: run.id,
      cwd: task.cwd ?? plan.cwd,
      env: runEnvironment(state.runParts.env, task.env, argVariables(task), run, undefined),
    }),
    hold(each) {
      state.holding().putBack(each);
      listen.planned();
      if (state.closed !== undefined) dropPlanned(state);
    },
    hasten(runIds) {
      state.held?.hasten(runIds);
      listen.planned();
    },
    start: (each) => submitHeld(state, [each]),
    isOurs: (id) => [...state.live].some(({ run }) => run.id === id),
    end: (pending, change) => endPending(state, pending, change),
    note({ id, evidence }) {
      const change = { id, ...(evidence === undefined ? {} : { evidence }) };
      writer.record(change, { durable: false }).catch(() => {});
    },
    going: () => state.live.size + state.claiming,
    take: (runId) => state.held?.take(runId),
    count: state.turns.count,
    trigger: (planned) => void submit(state, place(state, planned)).then(listen.settled, listen.failed),
    isClosed: () => state.closed !== undefined,
    settled: listen.settled,
    failed: listen.failed,
  });
}

function othersOf({ others = [] }: EnginePlan, taskId: string): readonly ScheduledTask[] {
  return others.filter(({ task }) => task.taskId === taskId);
}
