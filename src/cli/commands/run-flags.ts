/** The flags of `run`, as they are given, and which of them there are. Few lines have any that hold for tasks. */
import type { Settings } from '../../settings/table.js';

export type PolicyFlags = {
  readonly overlap?: string;
  readonly missed?: string;
  readonly deadline?: string;
  readonly persistent?: boolean;
  readonly retry?: string;
  readonly retryDelay?: string;
  readonly retryBackoff?: string;
  readonly retryOn?: readonly string[];
};

export type CampaignFlags = {
  readonly now?: boolean;
  readonly times?: string;
  readonly for?: string;
  readonly until?: string;
  readonly stopOnFailure?: string;
};

export type RunFlags = PolicyFlags &
  CampaignFlags & {
    readonly when?: string;
    readonly command?: string;
    readonly file?: string;
    readonly exec?: boolean;
    readonly name?: string;
    readonly env?: readonly string[];
    readonly envFile?: readonly string[];
    readonly secret?: readonly string[];
    readonly arg?: readonly string[];
    readonly cwd?: string;
    readonly standby?: boolean;
    readonly join?: boolean;
    readonly apiJobs?: boolean;
    readonly detach?: boolean;
  };

const OF_TASKS: { readonly [Name in keyof PolicyFlags | 'env' | 'envFile' | 'secret' | 'cwd']-?: true } = {
  overlap: true,
  missed: true,
  deadline: true,
  persistent: true,
  retry: true,
  retryDelay: true,
  retryBackoff: true,
  retryOn: true,
  env: true,
  envFile: true,
  secret: true,
  cwd: true,
};

const OF_CAMPAIGN: { readonly [Name in keyof CampaignFlags]-?: true } = {
  now: true,
  times: true,
  for: true,
  until: true,
  stopOnFailure: true,
};

/** Whether something is said that holds for every task of the source. */
export function haveTaskFlags(flags: RunFlags, { timeout }: Settings): boolean {
  return timeout !== undefined || isAnyGiven(OF_TASKS, flags);
}

/** Whether something is said of when it all ends. */
export function haveCampaignFlags(flags: RunFlags): boolean {
  return isAnyGiven(OF_CAMPAIGN, flags);
}

function isAnyGiven(
  names: Readonly<Record<string, true>>,
  flags: Readonly<Record<string, unknown>>,
): boolean {
  return Object.keys(names).some((name) => flags[name] !== undefined);
}
