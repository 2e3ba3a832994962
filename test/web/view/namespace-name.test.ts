import { expect, it } from 'vitest';
import { nameNamespaces } from '../../../src/web/view/namespace-name.js';

const id = (digit: string) => digit.repeat(32);

it.each([
  ['an id that somebody chose', [['backups', '/home/ada/b.yaml']], ['backups']],
  ['the name of the file', [[id('a'), '/home/ada/week.yaml']], ['week.yaml']],
  [
    'as much of the path as tells files apart',
    [
      [id('a'), '/srv/one/week.yaml'],
      [id('b'), '/srv/two/week.yaml'],
    ],
    ['one/week.yaml', 'two/week.yaml'],
  ],
  [
    'the id behind it where the path does not',
    [
      [id('a'), '/week.yaml'],
      [id('b'), '/week.yaml'],
    ],
    ['week.yaml aaaaaa', 'week.yaml bbbbbb'],
  ],
  ['what is run, where it is no file', [[id('a'), 'cmd:date']], ['cmd:date']],
])('names a namespace by %s', (_, namespaces, names) => {
  const named = nameNamespaces(namespaces.map(([each = '', source = '']) => ({ id: each, source })));
  expect([...named.values()]).toEqual(names);
});
