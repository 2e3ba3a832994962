import { expect, it } from 'vitest';
import type { ProcessStat } from '../../src/executor/process-identity.ts';
import type { ProcessTable } from '../../src/executor/process-table.ts';
import { createRunMembers } from '../../src/executor/run-members.ts';

const LEADER = 100;

function stat(pid: number, more: Partial<ProcessStat> = {}): ProcessStat {
  return { pid, state: 'S', parent: 1, group: pid, session: pid, start: `${pid}0`, ...more };
}

function tableOf(...all: ProcessStat[]): ProcessTable {
  return { all, runsOf: () => [] };
}

function rig() {
  let hasLeader = true;
  const members = createRunMembers({ leader: LEADER, runId: 'run' }, () => hasLeader);
  const pids = (...all: ProcessStat[]) => members.livingIn(tableOf(...all)).map(({ pid }) => pid);
  const loseLeader = (): void => {
    hasLeader = false;
  };
  return { members, pids, loseLeader };
}

it('are found again when nothing tells that they belong to the run any more', () => {
  const { pids, loseLeader } = rig();
  const left = stat(101, { parent: LEADER });
  expect(pids(stat(LEADER), left)).toEqual([LEADER, 101]);
  loseLeader();
  expect(pids(stat(1), { ...left, parent: 1 })).toEqual([101]);
  expect(pids(stat(1), stat(101, { start: 'later' }))).toEqual([]);
});

it('are no strangers that get the number of a group in which nobody was left', () => {
  const { members, pids, loseLeader } = rig();
  const left = stat(101, { parent: LEADER });
  pids(stat(LEADER), left);
  loseLeader();
  const member = stat(102, { group: LEADER, session: LEADER });
  expect(pids(member, left)).toEqual([102, 101]);
  expect(members.isGroupGone()).toBe(false);
  expect(pids(left)).toEqual([101]);
  expect(members.isGroupGone()).toBe(true);
  expect(pids(stat(LEADER, { start: 'later' }), left)).toEqual([101]);
});

it('may still have their group where the system has no table of processes', () => {
  const { members, pids, loseLeader } = rig();
  loseLeader();
  expect(pids()).toEqual([]);
  expect(members.isGroupGone()).toBe(false);
});
