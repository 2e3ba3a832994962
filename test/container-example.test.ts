import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from './support/build.ts';
import { place, runCli } from './support/cli.ts';
import { type ContainerRig, createContainerRig } from './support/container.ts';

let rig: ContainerRig | string;

beforeAll(() => {
  rig = createContainerRig();
});

afterAll(() => {
  if (typeof rig !== 'string') rig.dispose();
});

it('runs the container example, passes its exit code through and leaves no container behind', async (context) => {
  if (typeof rig === 'string') return context.skip(rig);
  const { work } = place();
  cpSync(join(ROOT, 'examples'), join(work, 'examples'), { recursive: true });
  const env = { ...rig.env, IMAGE: rig.image };
  const result = await runCli(['run', '--', `docker:${rig.image}`, 'echo', 'hello from a container'], {
    env,
  });
  expect(result).toMatchObject({ stdout: 'hello from a container\n', exitCode: 0 });
  expect(await runCli(['run', '--', `docker:${rig.image} sh -c "exit 7"`], { env })).toMatchObject({
    exitCode: 7,
  });
  expect(rig.podman('ps', '--all', '--quiet')).toBe('');
});

it('removes the container of a run that is over, when it starts the next time, and no other', async (context) => {
  if (typeof rig === 'string') return context.skip(rig);
  const { env, image, podman } = rig;
  const leave = (run: string, namespace: string): string =>
    podman(
      'run',
      '--detach',
      '--name',
      `supertask-${run}`,
      `--label=supertask.namespace=${namespace}`,
      image,
      'sleep',
      '300',
    );
  leave('01a1fbe1-2cab-73a8-8000-000000000001', 'c');
  leave('01a1fbe1-2cab-73a8-8000-000000000002', 'other');
  const next = await runCli(['run', '--ns=c', '--', `docker:${rig.image} true`], { env });
  expect(next.stderr).toMatch(/removed the container that run \S+0001 had left/);
  expect(podman('ps', '--format', '{{.Names}}').trim()).toBe(
    'supertask-01a1fbe1-2cab-73a8-8000-000000000002',
  );
});
