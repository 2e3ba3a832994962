/** Makes the parts of the firing that few one-shots need, each with what it needs of the others. */
import { argVariables } from '../model/arg.js';
import type { ScheduledTask } from './agenda.js';
import { accept } from './begin.js';
import { dropPlanned, endPending, endWaiting } from './drop.js';
import { runEnvironment } from './environment.js';
import type { FiringParts, FiringState } from './firing-state.js';
import { createFollowing, type Following } from './following.js';
import type { Surroundings } from './gate.js';
import { place } from './place.js';
import type { EnginePlan } from './plan.js';
import { startHeld, submitHeld } from './start-held.js';
import { submit } from './submit.js';
import type { TurnParts } from './turn.js';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.js';
import { holdingOf } from './wiring-holding.js';
import { isUncounted } from './wish.js';

/** What runs need that wait for their turn, or for room. */
export function turnParts(state: FiringState): TurnParts {
  const { campaign, clock, executor, listen, plan } = state.parts;
  return {
    clock,
    hasRoom(next, beside = 0) {
      const { live, store } = state;
      const starting = state.claiming + beside;
      if (live.size + starting >= plan.maxRunning) return false;
      return (isUncounted(next?.planned) || campaign.mayStart(starting)) && store.heldForMs() === 0;
    },
    async claim(some, act) {
      state.claiming += some.length;
      try {
        const claims = some.map(({ planned, run }) => state.claims.startWaiting(planned, run));
        const answers = await state.store.claim(claims);
        return act(
          answers &&
            some.flatMap(({ planned }, index) => {
              const [run, answer] = [claims[index]?.run, answers[index]];
              return run === undefined || answer === undefined ? [] : [{ pending: { planned, run }, answer }];
            }),
        );
      } finally {
        state.claiming -= some.length;
      }
    },
    accept: (pending, answer) => accept(state, pending, 'turn', answer),
    endOther(run, job) {
      const own = [...state.live].find((live) => live.run.id === run.id);
      own?.stop();
      if (own !== undefined || run.process === undefined) return;
      executor.endOther({ id: run.id, process: run.process }, job.task.policy.stop);
    },
    settled: listen.settled,
    failed: listen.failed,
  };
}

export function followingOf(state: FiringState, actions: NonNullable<FiringParts['actions']>): Following {
  const { clock, jobOf, jobsOf, listen, plan, tell } = state.parts;
  return createFollowing({
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
    holding: () => holdingOf(state),
    start: (some) => startHeld(state, some),
    refuse: (run, message) => endWaiting(state, run, { status: 'errored', reason: 'template', message }),
    settled: listen.settled,
    failed: listen.failed,
  });
}

export function gatesOf(state: FiringState, surroundings: Surroundings): WaitingRoom {
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
      holdingOf(state).putBack(each);
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
