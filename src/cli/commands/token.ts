/** `supertask token`: what programs show to be let in. */
import { keptTokens, rotateTokens } from '../../app/access/token.js';
import { openStore } from '../../app/parts.js';
import { findNamespace } from '../../app/read.js';
import { SCOPES, type Scope } from '../../model/scope.js';
import { loadSettings, stateDirectory } from '../../settings/load.js';
import { pickSettings } from '../flags.js';
import { createPrinting } from '../printing.js';
import type { Flags } from '../steering.js';

export async function tokenCommand(action: 'show' | 'rotate', flags: Flags): Promise<void> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const printing = createPrinting(settings);
  const root = stateDirectory(settings.stateDir, process.env, cwd);
  const namespace =
    settings.ns === undefined ? undefined : (await findNamespace(openStore(root), settings.ns)).id;
  const scope = flags['scope'] as Scope | undefined;
  if (action === 'show') {
    const shown = scope ?? 'read';
    const token = keptTokens(root, namespace)[shown];
    if (printing.json) return printing.printJson({ scope: shown, token: token ?? null });
    await printing.streams.write('stdout', `${token}\n`);
    return printing.streams.flush();
  }
  const scopes = scope === undefined ? SCOPES : [scope];
  rotateTokens(root, namespace, scopes);
  if (printing.json) return printing.printJson({ rotated: scopes });
  await printing.streams.write(
    'stdout',
    `new: ${scopes.join(', ')}; the old ones, and sessions that came from them, are of no use any more\n`,
  );
  await printing.streams.flush();
}
