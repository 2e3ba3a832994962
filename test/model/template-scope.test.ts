import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { jobByHand, remakeJob } from '../../src/model/expand.ts';
import type { Run } from '../../src/model/run.ts';
import type { Task } from '../../src/model/task.ts';
import { fillText } from '../../src/model/template-evaluate.ts';
import { runScope } from '../../src/model/template-scope.ts';

const tasksOf = (text: string): readonly Task[] => parseTimetable(text, { file: '/t.yaml' }).tasks;
const AT = new Date('2026-03-01T22:30:00Z');
const TEXT = '${{ run.scheduled_at.format("VV") }} ${{ date }} ${{ time }}';

/** What a run says that nothing made due, where the default is UTC. */
function said(task: Task, at = AT): string {
  const run: Run = {
    id: 'r',
    namespace: 'n',
    job: task.id,
    status: 'running',
    trigger: 'manual',
    attempt: 1,
    scheduledAt: at,
  };
  const facts = { task, bounds: [], tz: task.tz ?? 'UTC', run, host: 'h', env: {} };
  return fillText(TEXT, runScope(facts, { env: {} }));
}

describe('a run that nothing made due', () => {
  it.each([
    ['{when: {cron: "0 9 * * *", tz: Asia/Tokyo}, run: x}', 'Asia/Tokyo 2026-03-02 07:30:00'],
    ['{when: "TZ=Asia/Tokyo 0 9 * * *", run: x}', 'Asia/Tokyo 2026-03-02 07:30:00'],
    [
      '{tz: Europe/Berlin, when: {cron: "0 9 * * *", tz: Asia/Tokyo}, run: x}',
      'Asia/Tokyo 2026-03-02 07:30:00',
    ],
    ['{tz: Europe/Berlin, when: "0 9 * * *", run: x}', 'Europe/Berlin 2026-03-01 23:30:00'],
    ['{tz: Europe/Berlin, run: "echo ${{ date }}"}', 'Europe/Berlin 2026-03-01 23:30:00'],
    [
      '{when: [{every: 1h, tz: Asia/Tokyo, enabled: false}, {every: 1h, tz: Europe/Berlin}], run: x}',
      'Europe/Berlin 2026-03-01 23:30:00',
    ],
    ['{when: "0 9 * * *", run: x}', 'UTC 2026-03-01 22:30:00'],
  ])('of %s says %s', (text, expected) => {
    expect(tasksOf(`tasks: {t: ${text}}`).map((task) => said(task))).toEqual([expected]);
  });

  it('says the nominal day of the schedule that it is run again for', () => {
    const tasks = tasksOf('tasks: {t: {when: {daily: "07:30", tz: Asia/Tokyo, shift: 1 day}, run: x}}');
    expect(tasks.map((task) => said(task))).toEqual(['Asia/Tokyo 2026-03-01 07:30:00']);
  });

  it('keeps the zone of its task where its arguments are those of no schedule', () => {
    const tasks = tasksOf(
      'tasks: {t: {params: {a: {}}, when: {cron: "0 9 * * *", tz: Asia/Tokyo, args: {a: x}}, run: x}}',
    );
    const byHand = jobByHand(tasks, 't', { a: 'y' });
    const again = remakeJob(tasks, { job: 't@a=y', task: 't', args: { a: 'y' } });
    expect(byHand && said(byHand)).toBe('Asia/Tokyo 2026-03-02 07:30:00');
    expect(again).toEqual(byHand);
  });
});
