/**
 * Make a state directory with a long history: node test/bench/generate-history.mjs DIR [RUNS] [JOBS]
 *
 * Runs are one minute apart per thousand, in sealed files of 10,000; one in 20 failed. The job `rare` ran in the first
 * file only, the job `seldom` in every tenth.
 */
import { createHash } from 'node:crypto';
import { loadSource } from './load-source.mjs';

const SEGMENT = 10_000;

export async function generateHistory(root, runs = 1_000_000, jobs = 1_000) {
  const { createFileStore } = await loadSource('store/file/store.ts');
  const { writeSegments } = await loadSource('store/file/history.ts');
  const start = Date.UTC(2025, 10, 1);
  const origin = { host: 'box', user: 'ann', source: '/home/ann/week.yaml', kind: 'file', author: undefined };
  const store = createFileStore({ root, version: '0.0.0' });
  const writer = await store.open('bench', origin, { mode: 'schedule', startedAt: new Date(start) });
  await writer.setJobs(
    Array.from({ length: jobs }, (_, index) => ({
      id: `job-${index}`,
      name: undefined,
      description: undefined,
      target: `cmd:echo ${index}`,
      schedules: ['@daily'],
      tz: 'Europe/Berlin',
      enabled: true,
    })),
  );
  for (let first = 0; first < runs; first += SEGMENT) {
    const count = Math.min(SEGMENT, runs - first);
    const made = Array.from({ length: count }, (_, index) => run(start, first + index, jobs));
    writeSegments(`${root}/namespaces/bench/history`, made);
  }
  await writer.close('generated');
}

function run(start, index, jobs) {
  const scheduledAt = new Date(start + index * 60);
  const failed = index % 20 === 7;
  return {
    id: id(scheduledAt, index),
    namespace: 'bench',
    job: jobOf(index, jobs),
    status: failed ? 'failed' : 'succeeded',
    ...(failed ? { reason: 'exit-code', exitCode: 3 } : { exitCode: 0 }),
    trigger: 'schedule',
    attempt: 1,
    scheduledAt,
    startedAt: new Date(scheduledAt.getTime() + 3),
    endedAt: new Date(scheduledAt.getTime() + 40),
    process: {
      pid: 4000 + (index % 20_000),
      start: String(index),
      boot: '57ccc7b1-2a4e-4a43-9a3c-0f8e0d1f2a3b',
    },
    stdoutBytes: 36,
    stderrBytes: 0,
    truncated: false,
  };
}

function jobOf(index, jobs) {
  if (index === 5) return 'rare';
  if (index % (10 * SEGMENT) < 3) return 'seldom';
  return `job-${index % jobs}`;
}

function id(at, index) {
  const time = at.getTime().toString(16).padStart(12, '0');
  const rest = createHash('md5').update(String(index)).digest('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-8${rest.slice(1, 4)}-8${rest.slice(5, 8)}-${rest.slice(8, 20)}`;
}

if (process.argv[1] === import.meta.filename) {
  const [, , root, runs, jobs] = process.argv;
  if (root === undefined) throw new Error('name a directory');
  await generateHistory(root, runs && Number(runs), jobs && Number(jobs));
}
