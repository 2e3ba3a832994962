/**
 * A real container engine with an image of its own, for tests: podman, with a store in a temporary directory.
 *
 * No registry is asked: the image is busybox from this machine. Where something is missing, tests are skipped
 * and say what.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ContainerRig = {
  readonly image: string;
  /** What the engine's client needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Ask the engine something; what it prints. */
  podman(...args: string[]): string;
  dispose(): void;
};

const IMAGE = 'localhost/supertask-busybox:test';

/** Where Debian's busybox-static and Alpine put it. */
const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'];

/** @returns The rig, or why there is none. */
export function createContainerRig(): ContainerRig | string {
  if (process.platform !== 'linux') return 'containers are tested on Linux only';
  const busybox = BUSYBOX.find(isExecutable);
  if (busybox === undefined) return 'no busybox: apt-get install busybox-static';
  const podman = findOnPath('podman');
  if (podman === undefined) return 'no podman: apt-get install podman runc conmon catatonit';
  const place = mkdtempSync(join(tmpdir(), 'supertask-podman-'));
  const env = writeConfiguration(place);
  const ask = (...args: string[]) =>
    execFileSync(podman, args, {
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const dispose = () => {
    ask('rm', '--all', '--force', '--time', '0');
    ask('rmi', '--all', '--force');
    removeStore(place);
  };
  try {
    ask('import', writeImage(place, busybox), IMAGE);
    ask('run', '--rm', IMAGE, 'true');
  } catch (error) {
    return `podman does not work here: ${error instanceof Error ? error.message : String(error)}`;
  }
  return { image: IMAGE, env, podman: ask, dispose };
}

/** The engine mounts the directory of its layers on itself, and leaves it so where one of its helpers ends late. */
function removeStore(place: string): void {
  for (let tries = 1; ; tries++) {
    spawnSync('umount', [join(place, 'root/overlay')], { stdio: 'ignore' });
    try {
      rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      return;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

/** Both files must exist before the first command on a store, else each run hangs for 20 s. */
function writeConfiguration(place: string): Record<string, string> {
  const runtime = findOnPath('crun') === undefined ? 'runc' : 'crun';
  const containers = join(place, 'containers.conf');
  const storage = join(place, 'storage.conf');
  writeFileSync(
    containers,
    `[containers]\nnetns = "none"\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\nruntime = "${runtime}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n`,
  );
  writeFileSync(
    storage,
    `[storage]\ndriver = "overlay"\ngraphroot = "${place}/root"\nrunroot = "${place}/run"\n`,
  );
  return { CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage, SUPERTASK_DOCKER: 'podman' };
}

/** A file system with nothing but busybox, as an archive. */
function writeImage(place: string, busybox: string): string {
  const root = join(place, 'image');
  for (const name of ['bin', 'etc', 'tmp', 'root', 'proc', 'sys', 'dev']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  copyFileSync(busybox, join(root, 'bin/busybox'));
  const names = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const name of names.filter((name) => name !== 'busybox'))
    symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  const archive = join(place, 'image.tar');
  execFileSync('tar', ['-C', root, '-cf', archive, '.']);
  return archive;
}

function findOnPath(name: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(':');
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
