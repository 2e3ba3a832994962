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
