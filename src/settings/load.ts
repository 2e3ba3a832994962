/** Reads settings from files and the environment, and finds the places the platform gives to programs. */
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { SupertaskError } from '../errors.js';
import { fileLayer } from './file.js';
import { environmentLayer, flagOf, type Layer, resolveSettings } from './resolve.js';
import type { SettingName, Settings } from './table.js';

type Environment = Readonly<Record<string, string | undefined>>;

const PROJECT_FILES = ['.supertaskrc.yaml', '.supertaskrc.yml', '.supertaskrc.json', '.supertaskrc'];
const USER_FILES = ['config.yaml', 'config.yml', 'config.json'];

/**
 * All settings: flag > `SUPERTASK_*` > project file > user file.
 *
 * The project file is the nearest `.supertaskrc…` here or above; the user file lies in the user's configuration
 * directory. The library that reads them is loaded only where one exists.
 */
export async function loadSettings(flags: Settings, env: Environment, cwd: string): Promise<Settings> {
  const layers: Layer[] = [{ name: (key) => flagOf(key as SettingName), values: flags }];
  layers.push(environmentLayer(env));
  const project = findUp(cwd, PROJECT_FILES);
  if (project !== undefined) layers.push(await fileLayer(project));
  const user = await userFile(env);
  if (user !== undefined) layers.push(await fileLayer(user));
  return resolveSettings(layers);
}

/**
 * Where the bookkeeping lives: the setting, else `$XDG_STATE_HOME/supertask`, else `~/.local/state/supertask`.
 *
 * @throws {SupertaskError} `STATE_UNAVAILABLE` when there is no usable home directory.
 */
export function stateDirectory(given: string | undefined, env: Environment, cwd: string): string {
  if (given !== undefined) return isAbsolute(given) ? given : join(cwd, given);
  const state = env['XDG_STATE_HOME'];
  // The XDG base directory specification: a relative path is invalid and is ignored.
  if (state !== undefined && isAbsolute(state)) return join(state, 'supertask');
  const home = homeDirectory(env);
  if (home !== undefined) return join(home, '.local/state/supertask');
  throw new SupertaskError('STATE_UNAVAILABLE', 'there is no home directory to keep the bookkeeping in', {
    hint: 'Set HOME or XDG_STATE_HOME, or name a directory with --state-dir or SUPERTASK_STATE_DIR.',
  });
}

/** `$HOME` when it is absolute, else what the system's user table says. */
function homeDirectory(env: Environment): string | undefined {
  const home = env['HOME'];
  if (home !== undefined && isAbsolute(home)) return home;
  try {
    // With HOME out of the way this asks the user table.
    const known = home === undefined ? homedir() : undefined;
    return known !== undefined && isAbsolute(known) && known !== '/' ? known : undefined;
  } catch {
    return undefined;
  }
}

async function userFile(env: Environment): Promise<string | undefined> {
  const config = env['XDG_CONFIG_HOME'];
  const home = homeDirectory(env);
  const base = config !== undefined && isAbsolute(config) ? config : home && join(home, '.config');
  // A look before the library is loaded: most users have no such file.
  if (base === undefined || !existsSync(`${base}/supertask`)) return undefined;
  if (!USER_FILES.some((name) => existsSync(join(base, 'supertask', name)))) return undefined;
  const { default: envPaths } = await import('env-paths');
  const directory = envPaths('supertask', { suffix: '' }).config;
  return USER_FILES.map((name) => join(directory, name)).find((path) => existsSync(path));
}

/** The first of these files here, or in the nearest directory above that has one. */
export function findUp(from: string, names: readonly string[]): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const isRoot = dirname(directory) === directory;
    for (const name of names) {
      const path = isRoot ? `${directory}${name}` : `${directory}/${name}`;
      if (isFile(path)) return path;
    }
    if (isRoot) return undefined;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
