/** So many jobs with different schedules that wait; prints what that costs. waiting.mjs JOBS STATE_DIR */
import { parseTimetable, runTimetable } from 'supertask';

/** A file may have this many. */
const IN_A_FILE = 20_000;
/** By then the garbage of loading is gone, and a first look has been taken at what may be pruned. */
const SETTLED_MS = 90_000;
const IDLE_MS = 10_000;
const [jobs, stateDir] = [Number(process.argv[2]), process.argv[3]];
const startedAt = performance.now();
const abort = new AbortController();
const timetable = { namespace: undefined, author: undefined, tasks: await allTasks(), warnings: [] };
const done = runTimetable(timetable, {
  source: 'bench',
  stateDir,
  tz: 'UTC',
  spareMemory: true,
  signal: abort.signal,
  onEvent: ({ type }) => type === 'scheduler-started' && settle(),
});
await done;

async function allTasks() {
  const tasks = [];
  for (let first = 0; first < jobs; first += IN_A_FILE) {
    const entries = Array.from({ length: Math.min(IN_A_FILE, jobs - first) }, (_, index) =>
      entry(first + index),
    );
    const text = JSON.stringify({ tasks: Object.fromEntries(entries) });
    tasks.push(...(await parseTimetable(text, { file: 'bench.json' })).tasks);
  }
  return tasks;
}

/** Due some day in the next month, at a time of its own. */
function entry(index) {
  const month = ((new Date().getUTCMonth() + 1) % 12) + 1;
  const [minute, hour, day] = [index % 60, Math.floor(index / 60) % 24, (Math.floor(index / 1440) % 28) + 1];
  const weekdays = ['*', '1-5', '0,6'][Math.floor(index / 40_320) % 3];
  return [`job-${index}`, { when: `${minute} ${hour} ${day} ${month} ${weekdays}`, run: { exec: ['true'] } }];
}

function settle() {
  const loadMs = performance.now() - startedAt;
  setTimeout(() => measure(loadMs), SETTLED_MS);
}

function measure(loadMs) {
  const before = process.cpuUsage();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(before);
    const rssMb = process.memoryUsage.rss() / 1e6;
    const peakMb = process.resourceUsage().maxRSS / 1e3;
    console.log(JSON.stringify({ loadMs, rssMb, peakMb, idleCpu: (user + system) / 1000 / IDLE_MS }));
    abort.abort();
  }, IDLE_MS);
}
