/** How late processes start: a small program stamps its own start, and every scheduler starts that same program. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bin } from './measure.mjs';

const programs = join(import.meta.dirname, 'program');

/** A program that appends its start to the file it is given: in C, or where there is no compiler by date(1), later. */
export function makeStamp(directory) {
  const path = join(directory, 'stamp');
  try {
    execFileSync('cc', ['-O2', '-o', path, join(programs, 'stamp.c')], { stdio: 'ignore' });
  } catch {
    writeFileSync(path, '#!/bin/sh\nexec date +%s.%N >>"$1"\n', { mode: 0o755 });
  }
  return path;
}

/**
 * Milliseconds after the full second, sorted; the first second, in which a scheduler starts, does not count.
 *
 * @param {string[]} command - Gets the file for the stamps in place of `FILE`.
 */
export function latenessOf(command, { directory, env }) {
  const file = join(directory, 'stamps');
  writeFileSync(file, '');
  const [program, ...args] = command.map((word) => word.replaceAll('FILE', file));
  const { status, stderr } = spawnSync(program, args, { cwd: directory, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} exited with ${status}: ${stderr.slice(0, 500)}`);
  const stamps = readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  const first = Math.floor(Math.min(...stamps)) + 1;
  const late = stamps.filter((stamp) => stamp >= first).map((stamp) => (stamp % 1) * 1000);
  if (late.length === 0) throw new Error(`${program} started nothing`);
  return late.sort((a, b) => a - b);
}

/** @param {number[]} sorted */
export function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

/** The command of supertask for tasks that stamp. */
export function supertaskCommand(tasks, seconds, directory) {
  const file = join(directory, 'timetable.json');
  writeFileSync(file, JSON.stringify({ tasks }));
  return [process.execPath, bin, 'run', '--file', file, '--quiet', `--for=${seconds}s`];
}

/** Commands of other schedulers that do the same, as far as they are installed. */
export function peerCommands(stamp, jobs, seconds) {
  const args = [stamp, 'FILE', String(jobs), String(seconds)];
  const node = (name) => [process.execPath, join(programs, `crowd-${name}.mjs`), ...args];
  const python = '/usr/bin/python3';
  return {
    ...(isInstalled('croner') ? { croner: node('croner') } : {}),
    ...(isInstalled('node-cron') ? { 'node-cron': node('node-cron') } : {}),
    ...(existsSync(python) && spawnSync(python, ['-c', 'import apscheduler']).status === 0
      ? { APScheduler: [python, join(programs, 'crowd-apscheduler.py'), ...args] }
      : {}),
  };
}

function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
