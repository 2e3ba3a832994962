/** What a run can be given beside its source. */
import type { Campaign } from '../model/campaign.js';
import type { Args } from '../model/param.js';
import type { Schedule } from '../model/schedule.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Store } from '../store/store.js';
import type { Beside } from './admission.js';
import type { ByHand } from './by-hand.js';
import type { Allowance } from './kept/allowance.js';
import type { RemoteText } from './remote.js';
import type { MaskExtent } from './secret.js';
import type { Source } from './source.js';

export type RunOptions = {
  readonly store: Store;
  readonly reporter: Reporter;
  /** Given by the user; else the timetable's own, else the digest of host, user and source. */
  readonly namespace?: string | undefined;
  readonly hostId?: string | undefined;
  /** IANA zone for schedules that name none. */
  readonly tz: string;
  /** Takes the place of the schedules of every task. */
  readonly when?: Schedule | undefined;
  /** For every task that has such a parameter. */
  readonly args?: Args | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What to do while another scheduler has the namespace; runs that are not scheduled are never refused. */
  readonly beside: Beside;
  readonly onStop: 'stop' | 'drain';
  /** In what output secrets are hidden; default `all`. */
  readonly mask?: MaskExtent | undefined;
  readonly maxRunning: number;
  /** When to end by itself; undefined: when nothing is to come. */
  readonly campaign?: Campaign | undefined;
  /** Only this task, once, as somebody asks for it, whatever its schedules say. */
  readonly byHand?: ByHand | undefined;
  /** Reads the source again, with all that was made of it; undefined: it cannot change. */
  readonly reread?: Reread | undefined;
  /** Called before anything is started, and, of a schedule, when no other one has the namespace: it may refuse. */
  readonly beforeStart?: ((mode: 'schedule' | 'once', namespace: string) => Promise<void>) | undefined;
  /** What jobs made through the API may say of variables and directories; default: nothing beyond the ordinary. */
  readonly allowance?: Allowance | undefined;
  /** Another scheduler has the namespace, and its end is waited for. */
  readonly onStandby?: ((namespace: string) => void) | undefined;
  /** Ends waiting for another scheduler. */
  readonly interrupt?: (() => AbortSignal) | undefined;
};

/** @param files - Takes what is looked at, as `loadSource` has it. */
export type Reread = (remote?: RemoteText, files?: Map<string, string>) => Promise<Source>;
