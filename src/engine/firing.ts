/** Turns due instants into runs: what was missed, what overlaps, what is claimed and started. */
import type { Prepared } from '../executor/executor.js';
import { argVariables } from '../model/arg.js';
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import type { Claimed, OutputSink } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import { createAside } from './aside.js';
import type { CampaignWatch } from './campaign.js';
import { createClaimMaker, type Gap, type Planned } from './claim.js';
import type { StopAnswer, StopRequest, Triggered } from './door.js';
import { inheritedEnvironment, runEnvironment } from './environment.js';
import { createFollowing } from './following.js';
import { createHolding, type Holding } from './holding.js';
import type { Held } from './later.js';
import { type LiveRun, prepareRun, type RunParts, startRun } from './live-run.js';
import { decideAll, ON_TIME_MS } from './missed.js';
import { createPatientClaims } from './outage.js';
import { type Placing, placeRun } from './overlap.js';
import type { EngineParts, EnginePlan } from './plan.js';
import { brokenOff, retriesOf } from './recovery.js';
import { withJobsOf } from './remake.js';
import { GONE } from './retry.js';
import type { OutputMask } from './run-output.js';
import type { SiftedJob } from './sift.js';
import { stopOnTime } from './stop-time.js';
import { createTurns, type JobState, type Pending } from './turn.js';
import { createWaitingRoom, gateFor, type WaitingRoom } from './waiting-room.js';
import { isFurther, isToStart, isToWait, isUncounted, refusedOf, triggered, type Wish } from './wish.js';

type FiringParts = EngineParts & {
  readonly tell: (event: Event) => Promise<void> | undefined;
  readonly plan: EnginePlan;
  /** All that can be due now. */
  readonly jobs: () => Iterable<ScheduledTask>;
  readonly nextAtOf: (jobId: string) => Date | undefined;
  /** Of these and of those that can only be triggered. */
  readonly jobOf: (id: string) => ScheduledTask | undefined;
  readonly jobsOf: (taskId: string) => readonly ScheduledTask[];
  readonly followersOf: (taskId: string) => readonly ScheduledTask[];
  readonly campaign: CampaignWatch;
  readonly listen: {
    /** A run has ended and its record is kept. @param isAside - It counts for nothing that is counted. */
    readonly ended: (run: Run, job: ScheduledTask, isAside: boolean) => void;
    /** A run waits for its instant. */
    readonly planned: () => void;
    /** `size` may have shrunk without a run that ended. */
    readonly settled: () => void;
    /** A bug. */
    readonly failed: (error: unknown) => void;
  };
};

export type Firing = {
  /** Runs that are going or wait their turn. */
  readonly size: number;
  /** @returns Jobs for which the state could not be written; of these nothing was started or recorded. */
  fire(due: readonly SiftedJob[], now: Date, gap: Gap): Promise<readonly SiftedJob[]>;
  /** Record what is withheld; nothing is started. @returns As `fire` does. */
  keepWithheld(withheld: readonly SiftedJob[]): Promise<readonly SiftedJob[]>;
  /** Run a job now that nobody scheduled, as its overlap policy allows. */
  trigger(planned: Planned): Promise<Triggered>;
  /** Run a job at an instant to come; until then it is recorded as waiting, and the next scheduler finds it. */
  runAt(planned: Planned, at: Date): Promise<Triggered>;
  /** When the next of the runs is due that are planned, in ms; undefined: there are none. */
  plannedAt(): number | undefined;
  /** How many of them are the next attempts of runs. */
  readonly attempts: number;
  /** Start those that are due. */
  startPlanned(now: Date): Promise<void>;
  /** Runs that were planned by schedulers that are gone. */
  resume(planned: readonly Run[]): Promise<void>;
  /** The wall clock was set. */
  shiftAttempts(byMs: number): void;
  /** Runs that are going. */
  live(): Iterable<LiveRun>;
  /** End one run: those that wait are recorded as skipped. */
  stopRun(id: string, how: StopRequest): Promise<StopAnswer>;
  /** Hide these secrets from now on. */
  hide(hiding: OutputMask): void;
  /** There are other jobs now: those that are gone are not tried again. */
  replaceJobs(jobs: readonly ScheduledTask[]): void;
  /** Get the run of a job ready that is due at an instant to come, where that can be done. */
  prepare(job: ScheduledTask, at: Date): void;
  /** Send away what was made ready and is not needed. */
  dismiss(): void;
  /** Runs that waited when their scheduler died have not been started: they are run late, as the policy allows. */
  recover(lost: readonly Run[]): Promise<void>;
  /** The wall clock was set back: instants up to `highest` may have been claimed in an earlier pass. */
  noteSetBack(highest: Date): void;
  /** The highest instant of an earlier pass; undefined when the clock was never set back. */
  readonly highest: Date | undefined;
  /** How long nothing is started because the state could not be written, in ms; 0 when all is well. */
  heldForMs(): number;
  /**
   * Start nothing any more; what waits its turn is recorded as skipped, and so is what is planned, unless the next
   * scheduler may find it.
   */
  close(planned: 'end' | 'leave'): void;
  /** But for actions. */
  stopAll(signal?: NodeJS.Signals): void;
  /** Actions that are going, and those to come, have as long as their tasks have to stop. */
  hurryActions(): void;
  killAll(): void;
};

/** So many are claimed with one sync; while the next are claimed, these are on their way. */
const START_AT_ONCE = 25;
/** So many due runs that have no room are claimed before the event loop has its turn. */
const RESERVE_AT_ONCE = 250;

export function createFiring(parts: FiringParts): Firing {
  const { campaign, clock, listen, plan, tell, writer } = parts;
  let runParts: RunParts = {
    ...parts,
    env: inheritedEnvironment(plan.env),
    cwd: plan.cwd,
    host: plan.host,
    tz: plan.tz,
    schedulerStartedAt: plan.startedAt,
  };
  const hasPools = parts.surroundings !== undefined;
  const claims = createClaimMaker({ clock, namespace: writer.namespace, mode: plan.mode, hasPools });
  const live = new Set<LiveRun>();
  let closed: 'end' | 'leave' | undefined;
  let claiming = 0;
  /** Runs that are claimed to be looked at, or to wait for room, and are not yet where they wait. */
  let arriving = 0;
  let informing = 0;
  let held: Holding | undefined;
  const aside = createAside(clock);
  /** Of tasks that there are; undefined: those that it began with. */
  let taskIds: ReadonlySet<string> | undefined;
  const isGone = (job: ScheduledTask): boolean => taskIds?.has(taskIdOf(job)) === false;
  const store = createPatientClaims(clock, writer, (event) => void tell(event), plan.mode === 'schedule');
  const prepared = new Map<string, Prepared>();
  const dismiss = (): void => {
    for (const each of prepared.values()) each.discard();
    prepared.clear();
  };

  const turns = createTurns({
    clock,
    hasRoom: (next) =>
      live.size + claiming < plan.maxRunning &&
      (isUncounted(next?.planned) || campaign.mayStart(claiming)) &&
      store.heldForMs() === 0,
    claim: async ({ planned, run }) => {
      claiming++;
      const claim = claims.startWaiting(planned, run);
      const answers = await store.claim([claim]).finally(() => claiming--);
      return answers?.[0] && { run: claim.run, answer: answers[0] };
    },
    accept: (pending, answer) => accept(pending, 'turn', answer),
    endOther: (run, job) => {
      if (run.process !== undefined)
        parts.executor.endOther({ id: run.id, process: run.process }, job.task.policy.stop);
    },
    settled: listen.settled,
    failed: listen.failed,
  });

  /** Made when something is planned for the first time: few one-shots need it. */
  const holding = (): Holding => {
    held ??= createHolding({
      clock,
      claims,
      store,
      turns,
      tell: (event) => void tell(event),
      end: endPlanned,
    });
    return held;
  };

  const following =
    parts.actions &&
    createFollowing({
      actions: parts.actions({
        clock,
        tell: (event) => void tell(event),
        jobOf: parts.jobOf,
        jobsOf: (taskId) => [...parts.jobsOf(taskId), ...othersOf(plan, taskId)],
        hide: (text) => runParts.hiding?.mask.text(text) ?? text,
      }),
      clock,
      holding,
      start: (some) => startHeld(some),
      settled: listen.settled,
      failed: listen.failed,
    });

  const endPlanned = (run: Run, change: Partial<Run>): Promise<void> => {
    const end = (): Promise<void> => endWaiting(run, { ...change, id: run.id });
    return turns.giveUp([undefined], end);
  };

  const placingOf = (planned: Planned, inBatch: number): Placing => {
    const { job, isCatchUp } = planned;
    const state = turns.of(job);
    const { size } = state.live;
    const going = size + state.reserved + state.held + inBatch;
    // Those that wait for their turn are later moments: they wait behind a further attempt.
    const queued = isFurther(planned) ? 0 : state.queue.length;
    const { overlap, maxRunning, skipDuplicate } = job.task.policy;
    return placeRun(overlap, { live: going, queued }, isCatchUp, skipDuplicate ? 1 : maxRunning);
  };

  /** Whether a run of the job waits or is going. */
  const isAround = ({ job }: Planned, inBatch: number): boolean => {
    const { live: going, reserved, held: waiting, queue } = turns.of(job);
    return going.size + reserved + waiting + queue.length + inBatch > 0;
  };

  /** What still starts when all else has been stopped waits for nothing. */
  const hasRoom = (): boolean =>
    closed !== undefined || (live.size + claiming < plan.maxRunning && !turns.isCrowded);

  /** Decide about one due run; what is to be claimed for it now, if anything. */
  const place = (planned: Planned, inBatch: number): Wish[] => {
    if (!isUncounted(planned) && !campaign.mayStart(claiming)) return [];
    const { job } = planned;
    const { skipDuplicate } = job.task.policy;
    if (placingOf(planned, inBatch) === 'skip' || (skipDuplicate && isAround(planned, inBatch))) {
      const reason = skipDuplicate ? 'duplicate' : 'overlap';
      return [{ job, claim: () => claims.skipped(planned, reason, describe(turns.of(job), job)) }];
    }
    if (gateFor(planned) !== undefined && parts.surroundings !== undefined)
      return [{ job, planned, isGated: true, claim: () => claims.later(planned, clock.now()) }];
    if (!hasRoom()) return [{ job, planned, isReserve: true, claim: () => claims.reserve(planned) }];
    claiming++;
    return [{ job, planned, claim: () => claims.start(planned) }];
  };

  const describe = (state: JobState, job: ScheduledTask): Run['evidence'] => {
    const [holder] = state.live.values();
    const next = holder === undefined ? held?.describe(job) : undefined;
    if (next !== undefined) return next;
    const run = holder?.run ?? state.queue[0]?.run;
    if (run === undefined) return { cause: 'an earlier run waits for room' };
    const since = run.startedAt ?? run.scheduledAt;
    const runningMs = clock.now().getTime() - since.getTime();
    const pid = holder?.process()?.pid;
    return {
      run: run.id,
      ...(pid === undefined ? {} : { pid }),
      since: since.toISOString(),
      ...(holder === undefined ? {} : { runningMs }),
    };
  };

  const wishesFor = ({ job, backlogs, withheld }: SiftedJob, now: Date, gap: Gap): Wish[] => {
    const { missed, run } = decideAll(backlogs, now, job.task.policy);
    const wishes: Wish[] = withheldWishes(job, withheld);
    for (const { evidence, ...span } of missed)
      wishes.push({ job, claim: () => claims.missed(job, span, gap, evidence) });
    for (const dueAt of run) {
      const isLate = now.getTime() - dueAt.getTime() > ON_TIME_MS;
      const trigger = plan.mode === 'once' ? 'once' : isLate ? 'catch-up' : 'schedule';
      const inBatch = wishes.filter(({ planned }) => planned !== undefined).length;
      const isCatchUp = run.length > 1;
      wishes.push(...place({ job, dueAt, trigger, attempt: 1, isCatchUp }, inBatch));
    }
    return wishes;
  };

  const withheldWishes = (job: ScheduledTask, withheld: SiftedJob['withheld']): Wish[] =>
    withheld.map((each) => ({ job, claim: () => claims.withheld(job, each) }));

  /** @returns The wishes that could not be kept. */
  const submit = async (wishes: readonly Wish[]): Promise<readonly Wish[]> => {
    const prompt = wishes.filter(({ isReserve }) => !isReserve);
    const reserves = wishes.filter(({ isReserve }) => isReserve);
    let starting = wishes.filter(isToStart).length;
    // Until they are looked at, nothing else says that they are there.
    let coming = wishes.filter(isToWait).length;
    arriving += coming;
    const keep = async (some: readonly Wish[]): Promise<boolean> => {
      const isKept = await keepAll(some);
      const [started, come] = [some.filter(isToStart).length, some.filter(isToWait).length];
      claiming -= started;
      starting -= started;
      arriving -= come;
      coming -= come;
      return isKept;
    };
    try {
      for (let at = 0; at < prompt.length; at += START_AT_ONCE) {
        if (!(await keep(prompt.slice(at, at + START_AT_ONCE)))) return [...prompt.slice(at), ...reserves];
      }
      for (let at = 0; at < reserves.length; at += RESERVE_AT_ONCE) {
        if (at > 0) await new Promise<void>((resolve) => clock.after(0, resolve));
        if (!(await keep(reserves.slice(at, at + RESERVE_AT_ONCE)))) return reserves.slice(at);
      }
      return [];
    } finally {
      claiming -= starting;
      arriving -= coming;
    }
  };

  const keepAll = async (wishes: readonly Wish[]): Promise<boolean> => {
    const replacing = wishes.flatMap(({ job, planned }) =>
      planned !== undefined && job.task.policy.overlap === 'replace'
        ? [{ state: turns.of(job), planned }]
        : [],
    );
    for (const { state, planned } of replacing) {
      const { job, dueAt } = planned;
      const evidence = { replacedBy: dueAt.toISOString() };
      // One that had to wait may come after later ones: those stay.
      const replaced = [...turns.takeQueue(state, dueAt), ...(held?.takeAttempts(job, dueAt) ?? [])];
      await turns.giveUp(replaced, skip('overlap', evidence));
      await gates?.replace(planned, evidence);
    }
    const wanted = wishes.map(({ claim }) => claim());
    const answers = await store.claim(wanted);
    if (answers === undefined) {
      wishes.forEach(({ answered }, index) => {
        const run = wanted[index]?.run;
        if (run !== undefined) answered?.(undefined, run);
      });
      return false;
    }
    for (const { state, planned } of replacing) {
      for (const run of state.live.values())
        if (!run.isStopping && run.run.scheduledAt <= planned.dueAt) run.stop();
    }
    wanted.forEach(({ run }, index) => {
      const { planned, isReserve, isGated, answered } = wishes[index] ?? {};
      const answer = answers[index];
      answered?.(answer, run);
      if (planned === undefined) tellRecorded(answer, run);
      else if (isGated && answer?.kind === 'waiting') waiting().examine(heldNow(planned, answer.run));
      else accept({ planned, run }, isReserve ? 'room' : 'turn', answer);
    });
    return true;
  };

  const heldNow = (planned: Planned, run: Run): Held => ({ planned, run, atMs: clock.now().getTime() });

  const tellRecorded = (answer: Claimed | undefined, run: Run): void => {
    if (answer?.kind === 'recorded') tellEnded(run);
  };

  const tellEnded = (run: Run): void => {
    const type =
      run.status === 'missed' ? 'run-missed' : run.status === 'errored' ? 'run-finished' : 'run-skipped';
    tell({ type, at: clock.now(), run });
    if (closed !== undefined) return;
    gates?.noteEnd(run);
    following?.report(run);
  };

  /** Act on what the store says about a run that was to start. */
  const accept = ({ planned, run }: Pending, what: 'room' | 'turn', answer: Claimed | undefined): void => {
    switch (answer?.kind) {
      case 'owned':
        begin(planned, run, answer.output);
        return;
      case 'waiting':
        if (answer.limit !== undefined && gates !== undefined) {
          gates.noteFull(planned, answer.run, { limit: answer.limit, holder: answer.holder });
          return;
        }
        turns.add({ planned, run: answer.run }, what);
        if (closed !== undefined) dropAll();
        return;
      case 'overlap':
        tellEnded(answer.run);
        endBefore(planned);
        return;
      default:
    }
  };

  const begin = (planned: Planned, run: Run, output: OutputSink): void => {
    const { job } = planned;
    if (closed !== undefined && (planned.isAside !== true || aside.isOver)) {
      output.close();
      void turns.giveUp([{ planned, run }], skip('operator', STOPPED));
      return;
    }
    if (!isUncounted(planned)) campaign.noteStart();
    const started = startRun(runPartsFor(planned), job, run, output, prepared.get(run.id));
    prepared.delete(run.id);
    const state = turns.of(job);
    state.live.set(run.id, started);
    live.add(started);
    if (planned.isAside) aside.add(started, job);
    const cancelStop = stopOnTime(clock, job, planned.dueAt, () => started.stop());
    started.ended
      .then(async (ended) => {
        cancelStop();
        state.live.delete(run.id);
        live.delete(started);
        following?.afterEnd(run.id);
        // Before the next one starts: this one may have been the last.
        const isLast = held?.holdNext(run.id) !== true;
        if (!isLast && closed !== undefined) closePlanned(closed);
        if (isLast && closed === undefined) gates?.noteEnd(ended);
        else gates?.leave(ended.id);
        if (isLast) listen.ended(ended, job, planned.isAside === true);
        else listen.planned();
        await turns.next(state);
        listen.settled();
      })
      .catch((error: unknown) => {
        // Nothing is known of it any more: it must not be waited for.
        state.live.delete(run.id);
        live.delete(started);
        listen.failed(error);
      });
  };

  /** Further attempts and actions are claimed before the run that they follow is on record as ended. */
  const runPartsFor = ({ job, isAside, env }: Planned): RunParts => {
    const { policy, actions } = job.task;
    if (policy.retry === undefined && actions === undefined && env === undefined) return runParts;
    return {
      ...runParts,
      ...(env === undefined ? {} : { env: { ...runParts.env, ...env } }),
      beforeEnd: async (ended) => {
        if (closed !== 'end' && (isAside || !isGone(job))) await holding().retry(ended, job, isAside);
        return following?.beforeEnd(ended, job);
      },
    };
  };

  /** There is no further attempt after all: the one before was the last. */
  const endBefore = ({ before, job, isAside }: Planned): void => {
    if (before === undefined) return;
    following?.report(before);
    listen.ended(before, job, isAside === true);
  };

  /** Record a run that waited as skipped. */
  const skip =
    (reason: 'overlap' | 'operator', evidence: Run['evidence']) =>
    async ({ planned, run }: Pending): Promise<void> => {
      await endWaiting(run, { status: 'skipped', reason, ...(evidence && { evidence }) });
      endBefore(planned);
    };

  const endWaiting = async (run: Run, how: Partial<Run>): Promise<void> => {
    const { startedAt: _, ...rest } = run;
    const change = { ...how, endedAt: clock.now() };
    try {
      await writer.record({ ...change, id: run.id });
    } catch (error) {
      tell({ type: 'warning', at: clock.now(), message: `a record could not be kept: ${String(error)}` });
    }
    tellEnded({ ...rest, ...change });
  };

  /** Made where something can hold runs back: where tasks have conditions, pools or others to wait for. */
  let gates: WaitingRoom | undefined;
  const waiting = (): WaitingRoom => {
    if (gates === undefined) throw new TypeError('nothing holds runs back here');
    return gates;
  };
  const { surroundings } = parts;
  if (surroundings !== undefined) {
    gates = createWaitingRoom({
      clock,
      surroundings,
      jobOf: parts.jobOf,
      jobsOf: parts.jobsOf,
      followersOf: parts.followersOf,
      nextAtOf: parts.nextAtOf,
      placeOf: ({ job: { task } }, run) => ({
        runId: run.id,
        cwd: task.cwd ?? plan.cwd,
        env: runEnvironment(runParts.env, task.env, argVariables(task), run, undefined),
      }),
      hold: (each) => {
        holding().putBack(each);
        listen.planned();
        if (closed !== undefined) closePlanned(closed);
      },
      hasten: (runIds) => {
        held?.hasten(runIds);
        listen.planned();
      },
      start: (each) => submitHeld([each]),
      isOurs: (id) => [...live].some(({ run }) => run.id === id),
      end: ({ planned, run }, change) =>
        turns.giveUp([{ planned, run }], () => endHeld(planned, run, change)),
      note: ({ id, evidence }) => {
        const change = { id, ...(evidence === undefined ? {} : { evidence }) };
        writer.record(change, { durable: false }).catch(() => {});
      },
      going: () => live.size + claiming,
      take: (runId) => held?.take(runId),
      count: turns.count,
      trigger: (planned) => void submit(place(planned, 0)).then(listen.settled, listen.failed),
      isClosed: () => closed !== undefined,
      settled: listen.settled,
      failed: listen.failed,
    });
  }

  const endHeld = async (planned: Planned, run: Run | undefined, change: Partial<Run>): Promise<void> => {
    if (run !== undefined) await endWaiting(run, change);
    endBefore(planned);
  };

  /** The next scheduler finds the actions among them. */
  const dropAll = (): void => {
    const all = turns.takeAll();
    const over = closed === 'leave' ? all.filter(({ planned }) => planned.isAside !== true) : all;
    void turns.giveUp(over, skip('operator', STOPPED));
  };

  /** Start runs whose instant has come. */
  const startHeld = async (due: readonly Held[]): Promise<void> => {
    const uninformed = following === undefined ? [] : due.filter(following.isUninformed);
    await admit(due.filter((each) => !uninformed.includes(each)));
    if (following === undefined || uninformed.length === 0) return;
    informing += uninformed.length;
    const informed = await following.inform(uninformed).finally(() => {
      informing -= uninformed.length;
    });
    await admit(informed);
  };

  /** What something may hold back is looked at first. */
  const admit = async (due: readonly Held[]): Promise<void> => {
    const isGated = ({ planned, run }: Held): boolean =>
      gates !== undefined && run !== undefined && gateFor(planned) !== undefined;
    for (const each of due) if (isGated(each)) gates?.examine(each);
    await submitHeld(due.filter((each) => !isGated(each)));
  };

  const submitHeld = async (due: readonly Held[]): Promise<void> => {
    if (closed !== undefined && aside.isOver) return endAll(due);
    const refused = await submit(due.flatMap(wishFor));
    for (const { held: each } of refused)
      if (each !== undefined && closed === undefined) holding().putBack(each);
  };

  /** What is planned waits on for the next scheduler, or ends here. */
  const closePlanned = (how: 'end' | 'leave'): void => {
    const all = held?.takeAll() ?? [];
    if (how !== 'leave') endAll(all);
  };

  const endAll = (some: readonly Held[], evidence = STOPPED): void => {
    if (closed === 'leave') return;
    void turns.giveUp(some, async ({ planned, run }) => {
      if (run === undefined) endBefore(planned);
      else await skip('operator', evidence)({ planned, run });
    });
  };

  /** @returns What to ask of the store for a run whose instant has come; nothing when it waits or ends here. */
  const wishFor = (each: Held): Wish[] => {
    const { planned, run } = each;
    const { job } = planned;
    if (run === undefined) return place(planned, 0).map((wish) => ({ ...wish, held: each }));
    const isOver = !isUncounted(planned) && !campaign.mayStart(claiming);
    // One that waited for a pool has had its place among the runs of its job all the time.
    const isPlaced = run.evidence?.['pool'] !== undefined;
    if (isOver || (!isPlaced && placingOf(planned, 0) === 'skip')) {
      const evidence = isOver ? STOPPED : describe(turns.of(job), job);
      void turns.giveUp([{ planned, run }], skip(isOver ? 'operator' : 'overlap', evidence));
      return [];
    }
    if (!hasRoom()) {
      turns.add({ planned, run }, 'room');
      return [];
    }
    claiming++;
    return [{ job, planned, held: each, claim: () => claims.startWaiting(planned, run) }];
  };

  return {
    get size() {
      return (
        live.size +
        claiming +
        arriving +
        informing +
        turns.size +
        (held?.size ?? 0) +
        (gates?.size ?? 0) +
        (following?.size ?? 0)
      );
    },
    async fire(due, now, gap) {
      const cause = store.gap(now) ?? gap;
      const refused = await submit(due.flatMap((each) => wishesFor(each, now, cause)));
      if (refused.length === 0) {
        store.closeGap();
        return [];
      }
      return refusedOf(due, refused);
    },
    async keepWithheld(withheld) {
      return refusedOf(
        withheld,
        await submit(withheld.flatMap((each) => withheldWishes(each.job, each.withheld))),
      );
    },
    trigger(planned) {
      if (closed !== undefined) return Promise.resolve(STOPPING);
      return new Promise((resolve, reject) => {
        const wishes = place(planned, 0).map((wish) => ({
          ...wish,
          answered: (claimed: Claimed | undefined, run: Run) => resolve(triggered(claimed, run)),
        }));
        if (wishes.length === 0) resolve({ kind: 'refused', message: 'enough runs have been started' });
        submit(wishes).then(listen.settled, reject);
      });
    },
    async runAt(planned, at) {
      if (closed !== undefined) return STOPPING;
      const answer = await holding().plan(planned, at);
      listen.planned();
      return answer;
    },
    plannedAt: () => held?.nextAt(),
    get attempts() {
      return held?.attempts ?? 0;
    },
    async startPlanned(now) {
      const at = held?.nextAt();
      if (held === undefined || at === undefined || at > now.getTime()) return;
      await startHeld(held.takeDue(now));
      listen.settled();
    },
    async resume(planned) {
      const jobs = await withJobsOf(planned, [...parts.jobs(), ...(following?.jobsOf(planned) ?? [])]);
      // Whoever stops meanwhile leaves them to the next scheduler.
      if (closed !== undefined) return;
      for (const each of await holding().resume(planned, jobs)) gates?.expect(each);
    },
    shiftAttempts: (byMs) => held?.shiftAttempts(byMs),
    live: () => live,
    async stopRun(id, how) {
      const run = [...live].find((each) => each.run.id === id);
      if (run !== undefined) {
        const isFirst = !run.isStopping;
        if (how.kill) run.kill(how);
        else run.stop(how.signal, how);
        return isFirst ? 'stopping' : 'stopping-already';
      }
      if (gates?.stop(id, how)) return 'dropped';
      const waiting = turns.take(id) ?? held?.take(id);
      if (waiting === undefined) return 'unknown';
      gates?.leave(id);
      await turns.giveUp(
        [waiting],
        skip('operator', { cause: 'it was stopped before its turn came', ...byOf(how) }),
      );
      return 'dropped';
    },
    hide(hiding) {
      runParts = { ...runParts, hiding };
    },
    replaceJobs(jobs) {
      taskIds = new Set(jobs.map(taskIdOf));
      endAll(held?.takeAttemptsIf(isGone) ?? [], { cause: GONE });
    },
    prepare(job, at) {
      const state = turns.of(job);
      const mayOverlap = job.task.policy.overlap === 'parallel';
      const isBusy = state.live.size + state.reserved + state.held + state.queue.length > 0;
      const isFull = live.size + claiming + prepared.size >= plan.maxRunning || turns.isCrowded;
      if (closed !== undefined || isFull || (isBusy && !mayOverlap)) return;
      const run = claims.foresee({ job, dueAt: at, trigger: 'schedule', attempt: 1, isCatchUp: false });
      const ready = run && !prepared.has(run.id) ? prepareRun(runParts, job, run) : undefined;
      if (run !== undefined && ready !== undefined) prepared.set(run.id, ready);
    },
    dismiss,
    async recover(lost) {
      const jobs = await withJobsOf(lost, [...parts.jobs()]);
      if (closed !== undefined) return;
      const triedAgain = new Set<string>();
      for (const { run, job } of brokenOff(lost, jobs, clock.now())) {
        await holding().retry(run, job);
        if (holding().holdNext(run.id)) {
          listen.planned();
          triedAgain.add(run.id);
        }
      }
      const again = retriesOf(lost, jobs, clock.now());
      await submit(again.flatMap((planned) => place(planned, 0)));
      for (const run of lost) {
        const isLate = again.some(({ job, dueAt }) => job.task.id === run.job && dueAt === run.scheduledAt);
        following?.report(run, !isLate && !triedAgain.has(run.id));
      }
    },
    noteSetBack: claims.noteSetBack,
    get highest() {
      return claims.highest;
    },
    heldForMs: store.heldForMs,
    close(how) {
      closed = how;
      dismiss();
      turns.close();
      dropAll();
      closePlanned(how);
      gates?.close();
    },
    stopAll(signal) {
      for (const run of live) if (!aside.has(run)) run.stop(signal);
    },
    hurryActions: aside.hurry,
    killAll() {
      if (closed !== undefined) aside.end();
      for (const run of live) run.kill();
    },
  };
}

function othersOf({ others = [] }: EnginePlan, taskId: string): readonly ScheduledTask[] {
  return others.filter(({ task }) => task.taskId === taskId);
}

function taskIdOf({ task: { id, taskId = id } }: ScheduledTask): string {
  return taskId;
}

function byOf({ by }: StopRequest): { readonly by?: string } {
  return by === undefined ? {} : { by };
}

const STOPPING: Triggered = { kind: 'refused', message: 'the scheduler is stopping' };
const STOPPED = { cause: 'supertask was stopped before its turn came' };
