import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SETTING_HELP } from '../../src/settings/help.ts';
import { SETTINGS, type SettingName } from '../../src/settings/table.ts';

const VALUES = { switch: 'true, false', duration: 'a duration', text: 'text', choice: '' };

it('documents every setting, and no other, as the table has it', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  const names = Object.keys(SETTINGS) as SettingName[];
  const expected = names.map((name) => {
    const setting = SETTINGS[name];
    const values = 'choices' in setting ? setting.choices.join(', ') : VALUES[setting.kind];
    return `| \`${name}\` | \`${setting.flag}\` | \`${setting.env}\` | ${values} | ${SETTING_HELP[name]} |`;
  });
  expect(rows).toEqual(expected);
});
