/** A terminal whose keys are pressed and whose screen is read: tmux. */
import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { startCommand } from './cli.ts';

export type Terminal = {
  /** Names of keys, as tmux knows them; other words are typed. */
  press(...keys: readonly string[]): void;
  type(text: string): void;
  screen(): string;
  shows(pattern: RegExp): Promise<void>;
  /** What programs switch: `cursor 1 wrap 1 alternate 0` is how a shell wants it. */
  flags(): string;
  close(): void;
};

export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

let count = 0;

/** @param command - A shell line. */
export async function openTerminal(
  command: string,
  {
    columns = 120,
    rows = 30,
    env = {},
  }: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): Promise<Terminal> {
  const socket = `supertask-${process.pid}-${process.hrtime.bigint()}-${count++}`;
  const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args]).toString();
  const size = ['-x', String(columns), '-y', String(rows)];
  const start = ['tmux', '-L', socket, '-f', '/dev/null', 'new-session', '-d', ...size, command];
  await startCommand(start, { env }).exit;
  const screen = () => tmux('capture-pane', '-p').trimEnd();
  return {
    press: (...keys) => void tmux('send-keys', ...keys),
    type: (text) => void tmux('send-keys', '-l', text),
    screen,
    shows: (pattern) => expect.poll(screen, { timeout: 15_000 }).toMatch(pattern),
    flags: () =>
      tmux(
        'display-message',
        '-p',
        'cursor #{cursor_flag} wrap #{wrap_flag} alternate #{alternate_on}',
      ).trim(),
    close: () => void spawnSync('tmux', ['-L', socket, 'kill-server']),
  };
}
