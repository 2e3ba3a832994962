/** Whether this process is well, and the machine that it runs on. */
import { availableParallelism, freemem, loadavg, totalmem, uptime } from 'node:os';
import { hostName } from '../store/file/host.js';
import type { Service } from './service.js';
import { VERSION } from './version.js';

export type Health = {
  /** `stopping`: it is about to end, and starts nothing any more. */
  readonly status: 'ok' | 'stopping';
  readonly version: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly now: Date;
  /** Schedulers of this process. */
  readonly schedulers: number;
  /** Runs that are going in this process. */
  readonly running: number;
  readonly nextDueAt: Date | undefined;
  readonly host: Host;
};

export type Host = {
  readonly name: string;
  readonly platform: string;
  readonly cpus: number;
  /** Of the last 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly uptimeSeconds: number;
};

export function healthOf(service: Service): Health {
  const own = service.owned().map((control) => control.status());
  const due = own.flatMap(({ nextDueAt }) => nextDueAt?.getTime() ?? []);
  return {
    status: own.some(({ isStopping }) => isStopping) ? 'stopping' : 'ok',
    version: VERSION,
    pid: process.pid,
    startedAt: service.startedAt,
    now: service.now(),
    schedulers: own.length,
    running: own.reduce((sum, { running }) => sum + running.length, 0),
    nextDueAt: due.length === 0 ? undefined : new Date(Math.min(...due)),
    host: {
      name: hostName(),
      platform: process.platform,
      cpus: availableParallelism(),
      load: loadavg(),
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      uptimeSeconds: Math.floor(uptime()),
    },
  };
}
