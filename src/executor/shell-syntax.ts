/** Whether the shell can read lines, without running any of them. */
import { shellArgv } from './shell.js';
import { askTool } from './tool.js';

export type ShellLine = { readonly line: string; readonly words: readonly string[] };

/** Bytes of scripts that one question holds; the system limits what a program can be given. */
const MOST_BYTES = 64 * 1024;
const MOST_LINES = 200;
const ASK_MS = 60_000;

/**
 * Reads its first argument as a script. Only where that cannot be done, each of the others, to say which could not be
 * read: number, NUL, message, NUL.
 */
const READER = `/bin/sh -n -c "$1" 2>/dev/null && exit
shift
n=0
for script do
  words=$(/bin/sh -n -c "$script" 2>&1) || printf '%s\\0%s\\0' "$n" "$words"
  n=$((n + 1))
done`;

/** What the shell says of each line that it cannot read, by the line's index. Very long ones are not asked about. */
export async function findSyntaxErrors(lines: readonly ShellLine[]): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  for (const batch of batchesOf(lines)) {
    const scripts = batch.map(({ script }) => script);
    const args = ['-c', READER, 'sh', scripts.map(enclose).join(''), ...scripts];
    const answer = await askTool('/bin/sh', args, { env: { PATH: process.env['PATH'] }, timeoutMs: ASK_MS });
    const parts = answer.stdout.split('\0');
    for (let at = 0; at + 1 < parts.length; at += 2) {
      const index = batch[Number(parts[at])]?.index;
      if (index !== undefined) found.set(index, plain(parts[at + 1] ?? ''));
    }
  }
  return found;
}

type Script = { readonly index: number; readonly script: string };

function batchesOf(lines: readonly ShellLine[]): Script[][] {
  const batches: Script[][] = [];
  let batch: Script[] = [];
  let bytes = 0;
  for (const [index, { line, words }] of lines.entries()) {
    const script = shellArgv(line, words).args[1] ?? '';
    const size = Buffer.byteLength(script);
    if (size > MOST_BYTES) continue;
    if (batch.length === MOST_LINES || bytes + size > MOST_BYTES) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push({ index, script });
    bytes += size;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

/** Whatever a script leaves open — a quote, a bracket, a word such as `if` — makes what follows an error. */
function enclose(script: string): string {
  return `({ :\n${script}\n}\n)\n: ')' ")"\n`;
}

/** `sh: 1: Syntax error: Unterminated quoted string` → `unterminated quoted string`. */
function plain(message: string): string {
  const [first = ''] = message.split('\n');
  const words = first.replace(/^.*?: (?:line )?\d+: /, '').replace(/^syntax error:? */i, '');
  return words.charAt(0).toLowerCase() + words.slice(1);
}
