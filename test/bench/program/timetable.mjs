/** So many tasks of a timetable, due at once, each journalled and captured as ever. */
import { parseTimetable, runTimetable } from 'supertask';

const [count, stateDir] = [Number(process.argv[2]), process.argv[3]];
const tasks = Array.from({ length: count }, (_, index) => [
  `task-${index}`,
  { when: 'once', run: { exec: ['true'] } },
]);
const timetable = await parseTimetable(JSON.stringify({ tasks: Object.fromEntries(tasks) }), {
  file: 'bench.json',
});
const startedAt = performance.now();
const { ended, unsuccessful } = await runTimetable(timetable, { source: `bench-${process.pid}`, stateDir });
const perSecond = (count / (performance.now() - startedAt)) * 1000;
if (ended !== count || unsuccessful > 0)
  throw new Error(`${ended} of ${count} ended, ${unsuccessful} without success`);
console.log(JSON.stringify({ perSecond }));
