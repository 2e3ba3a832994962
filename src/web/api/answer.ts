/** What the server answers about jobs and runs beside their records. */
import type { Json, RunRecord, RunStatus } from './record.js';

/** `supertask why --json`, as far as the page shows it. */
export type Why = {
  readonly sentence: string;
  readonly verdict: string;
  readonly tz: string;
  readonly at: string | null;
  readonly previousDueAt: string | null;
  readonly nextDueAt: string | null;
  readonly start: string | null;
  readonly run: RunRecord | null;
};

/** What led to a run, its attempts, and what it led to. */
export type RunChain = {
  readonly ledBy: readonly ChainLink[];
  readonly attempts: readonly RunRecord[];
  readonly ledTo: readonly ChainLink[];
};

export type ChainLink = { readonly run: RunRecord; readonly depth: number };

export type Statistics = {
  readonly since: string;
  readonly runs: number;
  readonly outcomes: Readonly<Partial<Record<RunStatus, number>>>;
  readonly reasons: Readonly<Record<string, number>>;
  /** From 0 to 1, of the runs that ended. */
  readonly successRate: number | null;
  readonly durationMs: Spread | null;
  readonly latenessMs: Spread | null;
  /** Oldest first; days without runs are left out. */
  readonly days: readonly {
    readonly day: string;
    readonly outcomes: Readonly<Partial<Record<RunStatus, number>>>;
    readonly p50Ms: number | null;
  }[];
  readonly truncated: boolean;
};

export type Spread = {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
};

/** What is other about a run than it was when its job succeeded last. */
export type RunChanges = {
  readonly lastSuccess: RunRecord | null;
  readonly failures: number;
  readonly definition: readonly (Difference & { readonly at: string })[];
  /** Whether that is known from the last success on. */
  readonly remembered: boolean;
  readonly differences: readonly Difference[];
};

export type Difference = { readonly field: string; readonly before: Json; readonly after: Json };
