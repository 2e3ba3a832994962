/**
 * How things are measured: commands take turns, so that a noisy machine disturbs all of them alike, and only
 * medians and their ratios are used.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
export const bin = join(root, 'bin/supertask.cjs');

/**
 * Do something in an empty home of its own, which is removed afterwards.
 *
 * @param {(place: {directory: string, env: NodeJS.ProcessEnv}) => Promise<T> | T} work - Gets the directory, and an
 *   environment that has nothing of the caller's but PATH: one certificate setting alone adds 32 ms to each start.
 * @returns {Promise<T>}
 * @template T
 */
export async function inEmptyHome(work) {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-bench-'));
  try {
    const env = { PATH: process.env.PATH, HOME: directory, LANG: 'C.UTF-8', TZ: 'UTC' };
    return await work({ directory, env });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Run commands in turns.
 *
 * @param {Record<string, string[]>} commands - By name, the arguments for this Node.
 * @param {{env: NodeJS.ProcessEnv, cwd: string, rounds?: number}} options
 * @returns {Record<string, number>} By name, the median in milliseconds from spawn to exit.
 */
export function medians(commands, { env, cwd, rounds = Number(process.env.ROUNDS ?? 60) }) {
  const names = Object.keys(commands);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const warmUp = 3;
  for (let round = -warmUp; round < rounds; round++) {
    // Another order each time, for what a command leaves behind in the machine's caches.
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + warmUp) % names.length];
      const ms = timeOf(commands[name], { env, cwd });
      if (round >= 0) times[name].push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

/**
 * What a program in `program/` measured by itself and printed as JSON, for times without Node's own start.
 *
 * @param {string} program
 * @param {(string | number)[]} args
 * @param {{env: NodeJS.ProcessEnv, cwd: string}} options
 */
export function answers(program, args, options) {
  const file = join(import.meta.dirname, 'program', program);
  return JSON.parse(runNode([file, ...args.map(String)], options));
}

function timeOf(args, options) {
  const startedAt = process.hrtime.bigint();
  runNode(args, options);
  return Number(process.hrtime.bigint() - startedAt) / 1e6;
}

function runNode(args, options) {
  const { status, error, stdout, stderr } = spawnSync(process.execPath, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${stderr}`);
  return stdout;
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
