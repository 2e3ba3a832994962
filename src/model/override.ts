/** What people have said about moments to come, beside the timetable: pauses of jobs, and moments to be left out. Pure. */

/** In place of a job's id: all jobs of the namespace. */
export const ALL_JOBS = '*';

/** From `since` on, and before `until`, what is due is not run. */
export type Pause = {
  /** An id, or `ALL_JOBS`. */
  readonly job: string;
  readonly since: Date;
  /** Undefined: until somebody resumes it. */
  readonly until: Date | undefined;
  /** Who asked for it. */
  readonly by: string | undefined;
  readonly note: string | undefined;
};

/** One due moment that is not run. */
export type Skip = {
  readonly job: string;
  readonly at: Date;
  readonly askedAt: Date;
  readonly by: string | undefined;
  readonly note: string | undefined;
};

export type Overrides = { readonly pauses: readonly Pause[]; readonly skips: readonly Skip[] };

export const NO_OVERRIDES: Overrides = { pauses: [], skips: [] };

/** What is over is kept so long: a scheduler that was down then has to know that nothing was missed. */
const REMEMBERED_MS = 30 * 86_400_000;
/** More than that is not remembered, the oldest first. */
const MOST_ENDED = 1_000;
/** A schedule whose every moment is left out is given up. */
const MOST_STEPS = 10_000;

/** The pause of a job at a moment: its own rather than that of all jobs. */
export function pauseAt({ pauses }: Overrides, job: string, at: Date): Pause | undefined {
  const found = pauses.filter((pause) => concerns(pause, job) && covers(pause, at));
  return found.find((pause) => pause.job === job) ?? found[0];
}

/** What keeps a moment of a job from being run. */
export function overrideAt(overrides: Overrides, job: string, at: Date): Pause | Skip | undefined {
  return (
    pauseAt(overrides, job, at) ??
    overrides.skips.find((skip) => skip.job === job && skip.at.getTime() === at.getTime())
  );
}

/** The next moment at which what holds for a job may change; undefined: none. */
export function nextChange({ pauses, skips }: Overrides, job: string, after: Date): Date | undefined {
  const own = pauses.filter((pause) => concerns(pause, job));
  const instants = [
    ...own.flatMap(({ since, until }) => (until === undefined ? [since] : [since, until])),
    ...skips.filter((skip) => skip.job === job).map(({ at }) => at),
  ].filter((at) => at > after);
  return instants.length === 0 ? undefined : new Date(Math.min(...instants.map(Number)));
}

/**
 * The next moment after `after` that is run.
 *
 * @param next - The next due moment after another one.
 */
export function nextAllowed(
  overrides: Overrides,
  job: string,
  next: (after: Date) => Date | undefined,
  after: Date,
): Date | undefined {
  let at = next(after);
  for (let step = 0; at !== undefined && step < MOST_STEPS; step++) {
    const override = overrideAt(overrides, job, at);
    if (override === undefined) return at;
    if ('at' in override) at = next(at);
    else if (override.until === undefined) return undefined;
    else at = next(new Date(override.until.getTime() - 1));
  }
  return undefined;
}

/** What is said about one job that holds at `now` or later; undefined: nothing. */
export function overridesOf(
  { pauses, skips }: Overrides,
  job: string,
  now: Date,
): { readonly paused: boolean; readonly overrides: Overrides } | undefined {
  const overrides = {
    pauses: pauses.filter((pause) => concerns(pause, job) && !isOver(pause, now)),
    skips: skips.filter((skip) => skip.job === job && skip.at > now),
  };
  if (overrides.pauses.length + overrides.skips.length === 0) return undefined;
  return { paused: pauseAt(overrides, job, now) !== undefined, overrides };
}

/** A pause that is going is changed; it has gone on since it began. */
export function withPause(overrides: Overrides, pause: Pause): Overrides {
  const { pauses } = overrides;
  const going = pauses.find((each) => each.job === pause.job && covers(each, pause.since));
  const since = going?.since ?? pause.since;
  return { ...overrides, pauses: [...pauses.filter((each) => each !== going), { ...pause, since }] };
}

/** End what is said about a job at `now`; of `ALL_JOBS` what is said about any. */
export function withoutOverride(overrides: Overrides, job: string, now: Date): Overrides {
  const isMeant = (each: { readonly job: string }): boolean => job === ALL_JOBS || each.job === job;
  return {
    pauses: overrides.pauses.map((pause) =>
      isMeant(pause) && !isOver(pause, now) ? { ...pause, until: now } : pause,
    ),
    skips: overrides.skips.filter((skip) => !isMeant(skip) || skip.at <= now),
  };
}

export function withSkip(overrides: Overrides, skip: Skip): Overrides {
  return { ...overrides, skips: [...overrides.skips, skip] };
}

/** What somebody has said, or taken back, between two looks. */
export type OverrideChange = {
  readonly paused: readonly Pause[];
  /** Pauses that somebody has ended; those whose time is up are none. */
  readonly resumed: readonly Pause[];
  readonly skips: readonly Skip[];
  /** Moments that are run after all. */
  readonly unskipped: readonly Skip[];
};

/** @returns Undefined where nothing has changed that somebody would see. */
export function overrideChange(before: Overrides, after: Overrides, now: Date): OverrideChange | undefined {
  const key = (each: Pause | Skip): string => JSON.stringify(each);
  const fresh = <Each extends Pause | Skip>(
    all: readonly Each[],
    others: readonly Each[],
  ): readonly Each[] => {
    const known = new Set(others.map(key));
    return all.filter((each) => !known.has(key(each)));
  };
  const going = (some: Overrides): readonly Pause[] => some.pauses.filter((pause) => !isOver(pause, now));
  const toCome = (some: Overrides): readonly Skip[] => some.skips.filter(({ at }) => at > now);
  const paused = fresh(going(after), going(before));
  const isAgain = ({ job, since }: Pause): boolean =>
    paused.some((pause) => pause.job === job && pause.since.getTime() === since.getTime());
  const change = {
    paused,
    resumed: fresh(going(before), going(after)).filter((pause) => !isAgain(pause)),
    skips: fresh(toCome(after), toCome(before)),
    unskipped: fresh(toCome(before), toCome(after)),
  };
  return Object.values(change).some((some) => some.length > 0) ? change : undefined;
}

/** Without what has been over for long. */
export function forgetOld({ pauses, skips }: Overrides, now: Date): Overrides {
  const floor = new Date(now.getTime() - REMEMBERED_MS);
  const ended = pauses.filter((pause) => isOver(pause, now) && !isOver(pause, floor)).slice(-MOST_ENDED);
  const past = skips.filter(({ at }) => at <= now && at > floor).slice(-MOST_ENDED);
  return {
    pauses: [...ended, ...pauses.filter((pause) => !isOver(pause, now))],
    skips: [...past, ...skips.filter(({ at }) => at > now)],
  };
}

/** Pauses and skips of a job that have something to say between two instants. */
export function concernedWith(overrides: Overrides, job: string, from: Date, to: Date): boolean {
  return (
    overrides.pauses.some(
      (pause) =>
        concerns(pause, job) && pause.since <= to && (pause.until === undefined || pause.until > from),
    ) || overrides.skips.some((skip) => skip.job === job && skip.at >= from && skip.at <= to)
  );
}

function concerns(pause: Pause, job: string): boolean {
  return pause.job === job || pause.job === ALL_JOBS;
}

function covers({ since, until }: Pause, at: Date): boolean {
  return since <= at && (until === undefined || at < until);
}

function isOver({ until }: Pause, now: Date): boolean {
  return until !== undefined && until <= now;
}
