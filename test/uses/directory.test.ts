import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { descend, list, openDirectory, removeEmpty, removeFile } from '../../src/uses/directory.js';
import { directory } from '../support/loopback.js';

/** `in/sub/file`, and `out/file` that has to stay. */
async function rig() {
  const place = directory();
  for (const name of ['in/sub', 'out']) mkdirSync(join(place, name), { recursive: true });
  for (const name of ['in/sub/file', 'out/file']) writeFileSync(join(place, name), 'text');
  const root = await openDirectory(join(place, 'in'));
  return { place, root };
}

it('does not go where a link was put in the way', async () => {
  const { place, root } = await rig();
  renameSync(join(place, 'in/sub'), join(place, 'in/was'));
  symlinkSync(join(place, 'out'), join(place, 'in/sub'));
  await expect(descend(root, ['sub'])).rejects.toMatchObject({
    code: expect.stringMatching(/ENOTDIR|ELOOP/),
  });
  await root.close();
});

it('stays in a directory that was opened, wherever its name leads now', async () => {
  const { place, root } = await rig();
  const sub = await descend(root, ['sub']);
  const [file] = await list(sub);
  if (file === undefined) expect.fail('there is no file');
  renameSync(join(place, 'in/sub'), join(place, 'in/was'));
  symlinkSync(join(place, 'out'), join(place, 'in/sub'));
  expect(await removeFile(sub, file)).toBe(true);
  expect([existsSync(join(place, 'out/file')), existsSync(join(place, 'in/was/file'))]).toEqual([
    true,
    false,
  ]);
  await sub.close();
  await root.close();
});

it('removes no file that has taken the name of another', async () => {
  const { place, root } = await rig();
  const sub = await descend(root, ['sub']);
  const [file] = await list(sub);
  if (file === undefined) expect.fail('there is no file');
  renameSync(join(place, 'out/file'), join(place, 'in/sub/file'));
  expect(await removeFile(sub, file)).toBe(false);
  expect(existsSync(join(place, 'in/sub/file'))).toBe(true);
  await sub.close();
  await root.close();
});

it('leaves a directory that is not empty any more', async () => {
  const { place, root } = await rig();
  expect(await removeEmpty(root, 'sub')).toBe(false);
  expect(existsSync(join(place, 'in/sub/file'))).toBe(true);
  await root.close();
});
