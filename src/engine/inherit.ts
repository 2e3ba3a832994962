/** What of supertask's own environment a run inherits, as its task says. */
import { userInfo } from 'node:os';
import type { Inherit } from '../model/inherit.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** As cron has it, on Debian and in POSIX. */
const BARE_PATH = '/usr/bin:/bin';
const BARE_SHELL = '/bin/sh';

/**
 * The part of an environment that runs inherit.
 *
 * @param inherit - Undefined: all of it.
 */
export function inheritedBy(env: Environment, inherit: Inherit | undefined): Environment {
  if (inherit === undefined || inherit === 'all') return env;
  const bare = bareEnvironment(env);
  if (inherit === 'minimal') return bare;
  const named = inherit.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...bare, ...Object.fromEntries(named) };
}

/**
 * What a command is given by cron: who it is, and hardly a PATH.
 *
 * The container engine that was asked for stays: it is no matter of the command.
 */
function bareEnvironment(env: Environment): Environment {
  const { home, user } = account(env);
  const { SUPERTASK_DOCKER: engine } = env;
  return {
    ...(home === undefined ? {} : { HOME: home }),
    ...(user === undefined ? {} : { LOGNAME: user, USER: user }),
    SHELL: BARE_SHELL,
    PATH: BARE_PATH,
    ...(engine === undefined ? {} : { SUPERTASK_DOCKER: engine }),
  };
}

/** By the system's user table, as cron does; in a container that may not know the number. */
function account(env: Environment): { readonly home: string | undefined; readonly user: string | undefined } {
  try {
    const { homedir, username } = userInfo();
    return { home: homedir, user: username };
  } catch {
    return { home: env['HOME'], user: env['LOGNAME'] ?? env['USER'] };
  }
}
