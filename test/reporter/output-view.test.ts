import kleur from 'kleur';
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../src/model/event.ts';
import type { Run } from '../../src/model/run.ts';
import { createOutputView, type OutputViewOptions } from '../../src/reporter/output-view.ts';

const AT = new Date(2026, 0, 2, 3, 4, 5, 6);

function runOf(job: string, id = `019b${job}`): Run {
  return { id, namespace: 'n', job, status: 'running', trigger: 'schedule', attempt: 1, scheduledAt: AT };
}

function view(options: Partial<OutputViewOptions>) {
  const written: [Stream, string][] = [];
  const output = createOutputView({
    mode: 'prefixed',
    timestamps: false,
    color: false,
    isTerminal: () => false,
    ...options,
    write(stream, bytes) {
      written.push([stream, Buffer.from(bytes).toString('latin1')]);
      return undefined;
    },
  });
  const add = (run: Run, text: string, stream: Stream = 'stdout') =>
    output.add(run, stream, Buffer.from(text, 'latin1'), AT);
  return { add, end: (run: Run) => output.end(run, AT), written };
}

const [a, b] = [runOf('a'), runOf('b')];

describe('text', () => {
  it('passes every byte on as it comes', () => {
    const { add, written } = view({ mode: 'text' });
    add(a, 'half \xff\x00');
    expect(written).toEqual([['stdout', 'half \xff\x00']]);
  });

  it('has the time before each line when asked', () => {
    const { add, end, written } = view({ mode: 'text', timestamps: true });
    add(a, 'one\ntw');
    add(a, 'o');
    end(a);
    expect(written.map(([, text]) => text)).toEqual(['03:04:05.006 one\n', '03:04:05.006 two\n']);
  });
});

describe('prefixed', () => {
  it('never mixes lines of two runs, and keeps the bytes', () => {
    const { add, end, written } = view({});
    add(a, 'a1\na');
    add(b, 'b1\n\xfe\n');
    add(a, '2\n');
    add(b, 'rest', 'stderr');
    end(b);
    expect(written).toEqual([
      ['stdout', 'a | a1\n'],
      ['stdout', 'b | b1\nb | \xfe\n'],
      ['stdout', 'a | a2\n'],
      ['stderr', 'b | rest\n'],
    ]);
  });

  it('gives a job the same colour each time, and another job another one', () => {
    kleur.enabled = true;
    const { add, written } = view({ color: true });
    add(a, '1\n');
    add(runOf('a', '019c'), '2\n');
    add(runOf('backup'), '3\n');
    const heads = written.map(([, text]) => text.slice(0, text.indexOf('m')));
    expect(heads[0]).toBe(heads[1]);
    expect(heads[2]).not.toBe(heads[0]);
  });

  it('cuts a line that never ends into parts, so that memory is bounded', () => {
    const { add, written } = view({});
    for (let count = 0; count < 40; count++) add(a, 'x'.repeat(10_000));
    expect(written.length).toBeGreaterThan(5);
    expect(written.every(([, text]) => text.startsWith('a | x') && text.length <= 64 * 1024 + 5)).toBe(true);
  });

  it('keeps colours on a terminal and closes them, and nothing else that would take it over', () => {
    const { add, written } = view({ isTerminal: (stream) => stream === 'stdout' });
    add(a, '\x1b[31mred\x1b[2J\x07\n');
    add(a, '\x1b[2J\n', 'stderr');
    expect(written).toEqual([
      ['stdout', 'a | \x1b[31mred\\x07\x1b[0m\n'],
      ['stderr', 'a | \x1b[2J\n'],
    ]);
  });
});

describe('group', () => {
  it('shows a run whole when it ends, both streams in their order', () => {
    const { add, end, written } = view({ mode: 'group' });
    add(a, 'a1\n');
    add(b, 'b1\n');
    add(a, 'oh\n', 'stderr');
    add(a, 'a2\n');
    expect(written).toEqual([]);
    end(a);
    expect(written).toEqual([
      ['stderr', '── a (run 019ba)\n'].map((text) => Buffer.from(text).toString('latin1')),
      ['stdout', 'a1\n'],
      ['stderr', 'oh\n'],
      ['stdout', 'a2\n'],
    ]);
  });

  it('does not hold more than a mebibyte of a run', () => {
    const { add, written } = view({ mode: 'group' });
    for (let count = 0; count < 12; count++) add(a, `${'x'.repeat(100_000)}\n`);
    expect(written.length).toBeGreaterThan(1);
  });
});

describe('quiet', () => {
  it('shows nothing', () => {
    const { add, end, written } = view({ mode: 'quiet' });
    add(a, 'secret\n');
    end(a);
    expect(written).toEqual([]);
  });
});
