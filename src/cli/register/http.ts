/** Commands about answering by HTTP: `serve`, `token`. */
import { Argument, type Command, Option } from 'commander';
import { SCOPES } from '../../model/scope.js';
import type { SettingName } from '../../settings/table.js';
import type { TokenAction } from '../commands/token.js';
import { addSettings, type SetExit } from './option.js';

const SERVE_SETTINGS: readonly SettingName[] = [
  'http',
  'ns',
  'tlsCert',
  'tlsKey',
  'insecure',
  'allowHost',
  'trustProxy',
  'basePath',
  'stateDir',
  'quiet',
];

export function registerHttp(program: Command, setExit: SetExit): void {
  addServe(program, setExit);
  addToken(program);
}

function addServe(program: Command, setExit: SetExit): void {
  const command = program
    .command('serve')
    .description('The web page and the HTTP API of all that is in the bookkeeping, until stopped.');
  addSettings(command, SERVE_SETTINGS);
  command.addHelpText('after', SERVE_EXAMPLES).action(async (flags) => {
    const { serveCommand } = await import('../commands/serve.js');
    setExit(await serveCommand(flags));
  });
}

const SERVE_EXAMPLES = `
No scheduler has to run: what has been run is shown, and what only a scheduler can do is passed on to the one that lives.
It prints a link for one browser to sign in with; programs send a token, see supertask token.

Examples:
  supertask serve
  supertask serve --http=8080 --ns=shop
  supertask serve --http=0.0.0.0:443 --tls-cert=chain.pem --tls-key=key.pem --allow-host=tasks.example.org
  supertask serve --trust-proxy --allow-host=example.org --base-path=/tasks

Exit codes: 0 after SIGTERM, 130 after Ctrl-C; 69 the address is taken or unknown; 78 others could listen in.`;

function addToken(program: Command): void {
  const command = program
    .command('token')
    .description(
      'Print the token that programs send to serve, or to a run --http; make new ones; or a link for a browser.',
    )
    .addArgument(new Argument('[action]', 'what to do').choices(['show', 'rotate', 'link']).default('show'))
    .addOption(
      new Option(
        '--scope <scope>',
        'what it may do (show: default read; rotate: default all; link: default admin)',
      ).choices([...SCOPES]),
    );
  addSettings(command, ['ns', 'stateDir', 'json']);
  command.addHelpText('after', TOKEN_EXAMPLES).action(async (action: TokenAction, flags) => {
    const { tokenCommand } = await import('../commands/token.js');
    await tokenCommand(action, flags);
  });
}

const TOKEN_EXAMPLES = `
Without --ns it is that of supertask serve; with it, that of run --http of this namespace.
A link signs one browser in to a server that runs, within ten minutes.

Examples:
  curl -H "Authorization: Bearer $(supertask token)" http://127.0.0.1:4243/api/v1/schedulers
  supertask token --scope=operate --ns=shop
  supertask token rotate
  supertask token link
  xdg-open "$(supertask token link --ns=shop --scope=read)"

Exit codes: 0 printed; 1 link: no server runs.`;
