/** The server for programs and browsers: from settings to a server that answers. */
import { join, resolve } from 'node:path';
import { takeCode } from '../app/access/code.js';
import { announce } from '../app/access/presence.js';
import { tokenSource } from '../app/access/token.js';
import type { StartedRun } from '../app/run.js';
import { createService, type Service } from '../app/service.js';
import { readText } from '../app/text-file.js';
import { messageOf, SupertaskError } from '../errors.js';
import { parseAddress } from '../http/server/address.js';
import { type HttpServer, openServer, type Tls } from '../http/server/server.js';
import { SCOPES } from '../model/scope.js';
import { stateDirectory } from '../settings/load.js';
import { flagOf, placeOf } from '../settings/resolve.js';
import type { Settings } from '../settings/table.js';
import type { FileStore } from '../store/file/store.js';
import { readSetting } from './setting-place.js';
import type { Answers } from './signals.js';
import type { Streams } from './streams.js';

type Parts = {
  readonly settings: Settings;
  readonly store: FileStore;
  readonly streams: Streams;
};

export type Serving = {
  /** Where a browser signs in: a link that is good for once. */
  readonly link: string;
  answerFrom(service: Service): void;
  /** Reads certificates again. */
  renew(): void;
  close(): Promise<void>;
};

/** Beside the scheduler of a `run`. */
export type RunServing = {
  /** Listens; what keeps it from that keeps the run from starting. */
  readonly open: (mode: 'schedule' | 'once', namespace: string) => Promise<void>;
  start(started: StartedRun): Promise<void>;
  /** With what SIGHUP does beside. */
  answers(others: Answers): Answers;
  close(): Promise<void>;
};

/** @param isDemanded - By the command line itself, not by the environment or a file. */
export function serveRun({ isDemanded, ...parts }: Parts & { readonly isDemanded: boolean }): RunServing {
  let serving: Serving | undefined;
  return {
    async open(mode, namespace) {
      if (mode === 'schedule') serving = await openServing(parts, namespace);
      else if (isDemanded)
        throw new SupertaskError('USAGE', '--http is for schedules, and this runs once', {
          hint: 'Give it --when; supertask serve shows what has been run.',
        });
    },
    async start(started) {
      if (serving === undefined) return;
      const { namespace } = started;
      const controls = [await started.control()];
      serving.answerFrom(createService({ store: parts.store, controls, namespace, env: process.env }));
    },
    answers: (others) =>
      serving === undefined
        ? {}
        : {
            SIGHUP() {
              serving?.renew();
              others.SIGHUP?.();
            },
          },
    close: async () => serving?.close(),
  };
}

/**
 * Listen where the settings say, and tell where that is.
 *
 * @throws {SupertaskError} `ADDRESS_UNAVAILABLE`, `INSECURE`, `SETTING_INVALID` and those of files
 */
export async function openServing(parts: Parts, namespace: string | undefined): Promise<Serving> {
  const { settings, streams } = parts;
  const root = stateDirectory(settings.stateDir, process.env, process.cwd());
  const warn = (message: string): void => void streams.write('stderr', `warning: ${message}\n`);
  const basePath = parseBasePath(settings);
  const tokens = tokenSource(root, namespace, process.env);
  const server = await openServer({
    address: readSetting(settings, 'http', parseAddress) ?? parseAddress(''),
    tls: readTls(settings),
    isInsecure: settings.insecure ?? false,
    allowed: parseNames(settings),
    isBehindProxy: settings.trustProxy ?? false,
    basePath,
    tokens,
    takeCode: (code) => takeCode(root, namespace, code, new Date()),
    webDirectory: join(__dirname, '../web'),
    warn,
  });
  const url = browserUrl(server.url, settings) + basePath;
  const link = `${url}/#code=${server.access.createCode('admin')}`;
  if (!settings.quiet)
    await streams.write(
      'stderr',
      [`http on ${server.url}${basePath}/`, `sign in: ${link}`, moreOf(namespace)]
        .map((line) => `supertask: ${line}\n`)
        .join(''),
    );
  let withdraw = (): void => {};
  return {
    link,
    answerFrom(service) {
      server.start(service);
      try {
        const scopes = SCOPES.filter((scope) => tokens()[scope] !== undefined);
        withdraw = announce(root, namespace, { url, scopes });
      } catch (error) {
        // It answers all the same.
        warn(`supertask token link does not find this server: ${messageOf(error)}`);
      }
    },
    renew: () => renew(server, settings, warn),
    close() {
      withdraw();
      return server.close();
    },
  };
}

/** Where browsers find it: by the first name that was given for that; a proxy is taken to speak HTTPS. */
function browserUrl(url: string, settings: Settings): string {
  const [name] = parseNames(settings);
  if (name === undefined) return url;
  const { protocol, port } = new URL(url);
  if (settings.trustProxy) return `https://${name}`;
  return `${protocol}//${/:\d+$/.test(name) || port === '' ? name : `${name}:${port}`}`;
}

function moreOf(namespace: string | undefined): string {
  const of = namespace === undefined ? '' : ` --ns=${namespace}`;
  return `the link is good once, within ten minutes; another one: supertask token link${of}; for programs: supertask token${of}`;
}

/** A certificate that cannot be used leaves the last good one. */
function renew(server: HttpServer, settings: Settings, warn: (message: string) => void): void {
  try {
    const tls = readTls(settings);
    if (tls !== undefined) server.renew(tls);
  } catch (error) {
    warn(messageOf(error));
  }
}

function readTls(settings: Settings): Tls | undefined {
  const [given, lacking] =
    settings.tlsCert === undefined ? (['tlsKey', 'tlsCert'] as const) : (['tlsCert', 'tlsKey'] as const);
  if (settings[given] === undefined) return undefined;
  if (settings[lacking] === undefined)
    throw new SupertaskError('USAGE', `${placeOf(settings, given)} is given without ${flagOf(lacking)}`, {
      hint: 'Give both.',
    });
  const read = (path: string): string => readText(resolve(path));
  const [cert, key] = [readSetting(settings, 'tlsCert', read), readSetting(settings, 'tlsKey', read)];
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

function parseBasePath(settings: Settings): string {
  const { basePath: text = '' } = settings;
  const path = text.replace(/\/+$/, '');
  if (path === '' || /^(?:\/[\w.~-]+)+$/.test(path)) return path;
  throw new SupertaskError('SETTING_INVALID', `${placeOf(settings, 'basePath')} is ${JSON.stringify(text)}`, {
    hint: 'Write it as it stands in the address: /tasks or /tools/tasks.',
  });
}

function parseNames(settings: Settings): readonly string[] {
  const names = (settings.allowHost ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const wrong = names.find(
    (name) => !/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/.test(name),
  );
  if (wrong === undefined) return names;
  throw new SupertaskError(
    'SETTING_INVALID',
    `${placeOf(settings, 'allowHost')} has ${JSON.stringify(wrong)}`,
    {
      hint: 'Write names as they stand in the address bar: tasks.example.org or tasks.example.org:8443.',
    },
  );
}
