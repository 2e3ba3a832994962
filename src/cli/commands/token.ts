/** `supertask token`: what programs show to be let in. */
import { leaveCode } from '../../app/access/code.js';
import { namespacesPresent, present } from '../../app/access/presence.js';
import { givenTokens, keptTokens, rotateTokens } from '../../app/access/token.js';
import { openStore } from '../../app/parts.js';
import { SupertaskError } from '../../errors.js';
import { SCOPES, type Scope } from '../../model/scope.js';
import { loadSettings, stateDirectory } from '../../settings/load.js';
import { pickSettings } from '../flags.js';
import { createPrinting, type Printing } from '../printing.js';
import { givenNamespace } from '../reading.js';
import type { Flags } from '../steering.js';

export type TokenAction = 'show' | 'rotate' | 'link';

export async function tokenCommand(action: TokenAction, flags: Flags): Promise<void> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const printing = createPrinting(settings);
  const root = stateDirectory(settings.stateDir, process.env, cwd);
  const namespace = await givenNamespace(openStore(root), settings);
  const scope = flags['scope'] as Scope | undefined;
  if (action === 'show') {
    const tokens = givenTokens(process.env) ?? keptTokens(root, namespace);
    const shown = scope ?? SCOPES.find((each) => tokens[each] !== undefined) ?? 'read';
    const token = tokens[shown];
    if (token === undefined) throw fromElsewhere(`there is no token for ${shown}`);
    if (printing.json) return printing.printJson({ scope: shown, token });
    await printing.streams.write('stdout', `${token}\n`);
    return printing.streams.flush();
  }
  if (action === 'link') return printLinks(root, namespace, scope ?? 'admin', printing);
  const scopes = scope === undefined ? SCOPES : [scope];
  if (givenTokens(process.env) !== undefined) throw fromElsewhere('the tokens are not kept here');
  rotateTokens(root, namespace, scopes);
  if (printing.json) return printing.printJson({ rotated: scopes });
  await printing.streams.write(
    'stdout',
    `new: ${scopes.join(', ')}; the old ones, and sessions that came from them, are of no use any more\n`,
  );
  await printing.streams.flush();
}

function fromElsewhere(message: string): SupertaskError {
  return new SupertaskError('CONFLICT', `${message}: they come from the environment`, {
    hint: 'Change what SUPERTASK_HTTP_TOKEN_FILE or SUPERTASK_HTTP_TOKEN says, and start the server again.',
  });
}

/** One for each server that lives, each with a code of its own. */
async function printLinks(
  root: string,
  namespace: string | undefined,
  scope: Scope,
  { json, printJson, streams }: Printing,
): Promise<void> {
  const servers = present(root, namespace);
  if (servers.length === 0) throw noServer(root, namespace);
  const able = servers.filter(({ scopes }) => scopes.includes(scope));
  if (able.length === 0)
    throw new SupertaskError('CONFLICT', `${servers[0]?.url}/ has no token for ${scope}`, {
      hint: `It was started with tokens for ${servers[0]?.scopes.join(', ')} only: give --scope one of them.`,
    });
  const links = able.map(({ url }) => {
    const { code, expiresAt } = leaveCode(root, namespace, scope, new Date());
    return { url: `${url}/#code=${code}`, expiresAt };
  });
  if (json) return printJson({ scope, links });
  await streams.write('stdout', links.map(({ url }) => `${url}\n`).join(''));
  await streams.flush();
}

function noServer(root: string, namespace: string | undefined): SupertaskError {
  const what = namespace === undefined ? 'no supertask serve runs' : `no server of ${namespace} runs`;
  const others = namespace === undefined ? namespacesPresent(root) : [];
  const hint =
    others.length === 0
      ? 'Start one with supertask serve, or with --http of a run; each prints a link as well.'
      : `There is one of ${others.join(', ')}: supertask token link --ns=${others[0]}`;
  return new SupertaskError('NOT_RUNNING', what, { hint });
}
