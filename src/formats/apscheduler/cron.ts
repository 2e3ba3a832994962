/** The cron trigger → a cron expression in which day and weekday must both fit, and weeks. */
import { attempt, type Fields, scalarText } from '../reader.js';
import type { Report } from '../source.js';
import { type CronFieldName, cronField } from './expression.js';
import { CRON_FIELDS } from './shape.js';

/** Fields of less weight than the least that is given; those of more are `*`. */
const LEAST: Readonly<Record<CronFieldName, string>> = {
  year: '*',
  month: '1',
  day: '1',
  week: '*',
  day_of_week: '*',
  hour: '0',
  minute: '0',
  second: '0',
};

/**
 * The form of a schedule that is due at the same times.
 *
 * APScheduler looks at what the wall clock shows: a time that a clock change leaves out is passed over, one that comes
 * twice is run twice.
 */
export function cronForm(fields: Fields, report: Report): Readonly<Record<string, string>> | undefined {
  const given = new Map<CronFieldName, string>();
  for (const name of CRON_FIELDS) {
    const node = fields.entry(name)?.value;
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) continue;
    const written = scalarText(node, report);
    const said = written === undefined ? undefined : attempt(() => cronField(name, written), node.at, report);
    given.set(name, said ?? '*');
  }
  const least = CRON_FIELDS.findLastIndex((name) => given.has(name));
  if (least === -1) {
    const hint = 'Write for example hour: 9. For each second: second: "*".';
    report.problem(fields.at, 'the cron trigger names no time', hint);
    return undefined;
  }
  const field = (name: CronFieldName): string =>
    given.get(name) ?? (CRON_FIELDS.indexOf(name) > least ? LEAST[name] : '*');
  const week = field('week');
  return {
    cron: expression(field),
    'clock-change': 'follow',
    ...(week === '*' ? {} : { weeks: week }),
  };
}

/** Five fields where they say all; never six, which other tools read otherwise. */
function expression(field: (name: CronFieldName) => string): string {
  const weekday = field('day_of_week');
  const isBoth = weekday !== '*' && field('day') !== '*';
  const five = [
    field('minute'),
    field('hour'),
    field('day'),
    field('month'),
    isBoth ? `+${weekday}` : weekday,
  ];
  if (field('second') === '0' && field('year') === '*') return five.join(' ');
  return [field('second'), ...five, field('year')].join(' ');
}
