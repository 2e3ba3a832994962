import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { graphMermaid, graphOf, graphText } from '../../src/model/graph.ts';

const graph = (text: string) => graphOf(parseTimetable(text, { file: '/x/t.yaml' }).tasks, (word) => word);

const SHOP = graph(`
pools: {db: 1}
tasks:
  etl: {run: "true", when: "@hourly", pool: db}
  load: {run: "true", after: etl, pool: db}
  report: {run: "true", after: [load, etl]}
  alarm: {run: "true", after: {task: etl, outcome: [failed, errored]}}
  log: {run: "true", after: {task: alarm, outcome: any}}
  other: {run: "true", when: "@daily", enabled: false}
`);

describe('as text', () => {
  it('each task stands below what it comes after', () => {
    expect(graphText(SHOP)).toEqual([
      'etl  [@hourly]',
      '├─ load',
      '│  └─ report',
      '├─ report (above)',
      '└─ failed or errored: alarm',
      '   └─ any end: log',
      'other  [@daily]  (disabled)',
      '',
      'pool db (1): etl, load',
    ]);
  });

  it('a chain of 10,000 is drawn', () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `  t${index + 1}: {run: "true", after: t${index}}`,
    );
    expect(graphText(graph(`tasks:\n  t0: {run: "true"}\n${lines.join('\n')}\n`))).toHaveLength(10_001);
  });
});

it('as Mermaid, names cannot end their labels', () => {
  const text = graphMermaid(
    graph('tasks:\n  a: {run: "true", when: "@daily"}\n  b: {run: "true", after: a}\n'),
  );
  expect(text).toEqual(['flowchart TD', '  t0["a<br/>@daily"]', '  t1["b"]', '  t0 --> t1']);
  const [first] = SHOP.tasks;
  if (first === undefined) throw new Error('no task');
  const hostile = { ...SHOP, tasks: [{ ...first, id: 'x"]; click x "javascript:1' }], edges: [] };
  expect(graphMermaid(hostile)[1]).toBe('  t0["x#34;]; click x #34;javascript:1<br/>@hourly"]');
});
