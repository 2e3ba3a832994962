import { expect, it } from 'vitest';
import { startCommand } from '../../../../src/web/page/dashboard/start-command.js';

it.each([
  ['file', '/home/ada/week.yaml', 'supertask run --file /home/ada/week.yaml'],
  ['file', '/home/ada/my week.yaml', "supertask run --file '/home/ada/my week.yaml'"],
  ['url', 'https://example.org/week.yaml', 'supertask run --file https://example.org/week.yaml'],
  // Its source is its directory and its target, and no file.
  ['inline', '/home/ada cmd:date', 'supertask list-namespaces'],
  ['stdin', '/home/ada - 5d41402abc4b2a76b9719d911017c592', 'supertask list-namespaces'],
  ['api', '/home/ada', 'supertask list-namespaces'],
] as const)('%s %s is started by %s', (kind, source, command) => {
  expect(startCommand({ kind, source })).toBe(command);
});
