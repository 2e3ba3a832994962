/** The name of this machine, and of whoever uses it. */
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

let known: string | undefined;

/** As hostname(1) tells it. Where Linux has it in a file, the module that asks the system need not be loaded. */
export function hostName(): string {
  known ??= readOrEmpty('/proc/sys/kernel/hostname').trim() || hostname();
  return known;
}

/** As whoami(1) tells it; in a container the user table may not know the number. */
export function userName(): string {
  const uid = process.getuid?.();
  try {
    return (uid === undefined ? undefined : nameInTable(uid)) ?? userInfo().username;
  } catch {
    return String(uid ?? 'unknown');
  }
}

/** From passwd(5): `name:password:uid:…`. Users may be kept elsewhere, too; the system asks there. */
function nameInTable(uid: number): string | undefined {
  const wanted = String(uid);
  for (const line of readOrEmpty('/etc/passwd').split('\n')) {
    const [name, , number] = line.split(':', 3);
    if (number === wanted && name) return name;
  }
  return undefined;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
