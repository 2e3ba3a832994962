/** The text format 0.0.4 of Prometheus, read strictly: what its parser would pass over is a mistake here. */
export type Exposed = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const SAMPLE = /^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>.+)\})? (?<value>\S+)$/;
const LABEL = /(?<key>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,(?=[a-z])|$)/y;

/** @throws What is wrong, with the line. */
export function readExposition(text: string): readonly Exposed[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const found: Exposed[] = [];
  const families = new Set<string>();
  const series = new Set<string>();
  let family = { name: '', type: '' };
  let help = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') {
      if (families.has(name)) fail('twice');
      if (/\\(?![\\n])/.test(rest)) fail('escaped wrongly');
      families.add(name);
      help = name;
      continue;
    }
    if (word === 'TYPE') {
      if (help !== name) fail('a type without a help before it');
      if (!['counter', 'gauge', 'summary'].includes(rest)) fail('no type');
      if ((rest === 'counter') !== name.endsWith('_total')) fail('only counters end with _total');
      family = { name, type: rest };
      continue;
    }
    const sample = readSample(line) ?? fail('no sample');
    const endings = family.type === 'summary' ? ['_sum', '_count'] : [''];
    if (!endings.some((ending) => sample.name === family.name + ending)) fail('of another family');
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (series.has(key)) fail('a series twice');
    series.add(key);
    if (family.type !== 'gauge' && !(sample.value >= 0)) fail('below 0');
    found.push(sample);
  }
  return found;
}

function readSample(line: string): Exposed | undefined {
  const { name = '', labels = '', value = '' } = SAMPLE.exec(line)?.groups ?? {};
  if (!/^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/.test(value)) return undefined;
  const read: Record<string, string> = Object.create(null);
  LABEL.lastIndex = 0;
  for (let at = 0; at < labels.length; at = LABEL.lastIndex) {
    const { key = '', value: text = '' } = LABEL.exec(labels)?.groups ?? {};
    if (key === '' || key.startsWith('__') || key in read) return undefined;
    read[key] = text.replaceAll(/\\(.)/g, (_, each: string) => (each === 'n' ? '\n' : each));
  }
  return { name, labels: { ...read }, value: Number(value.replace('Inf', 'Infinity')) };
}
