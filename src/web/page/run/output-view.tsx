/** What a run writes, as it writes it: lines with their colours, as many as there are, at their end until one scrolls up. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { addressOf, path } from '../../api/client.js';
import type { RunRecord } from '../../api/record.js';
import { formatBytes, formatCount, plural } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { useMedia } from '../../view/media.js';
import { Popover } from '../../view/popover.js';
import { Problem } from '../../view/state.js';
import { isLive } from '../../view/status.js';
import type { Found } from './found.js';
import { Lines } from './lines.js';
import { type Output, useOutput } from './output.js';
import type { Line, Stream } from './output-lines.js';

type Shown = 'both' | Stream;

export function OutputView({ run }: { readonly run: RunRecord }) {
  const read = useOutput(run.namespace, run.id, run.startedAt !== null);
  const [shown, setShown] = useState<Shown>('both');
  const isNarrow = useMedia('(max-width: 719px)');
  const [wraps, setWraps] = useState(isNarrow);
  const [find, setFind] = useState('');
  const { lines } = read.output;
  const visible = useMemo(
    () => (shown === 'both' ? lines : lines.filter(({ stream }) => stream === shown)),
    [lines, shown, read.version],
  );
  const found = useFound(visible, find, read.version);
  return (
    <section class="panel output-panel" aria-label="Output">
      <header>
        <h2>Output</h2>
        <Streams read={read} shown={shown} onPick={setShown} />
        <span class="output-tools">
          <Find text={find} onType={setFind} found={found} />
          <button
            type="button"
            class="quiet"
            aria-pressed={wraps}
            title="Break long lines"
            onClick={() => setWraps(!wraps)}
          >
            <Icon name="wrap" /> Wrap
          </button>
          <Download run={run} />
        </span>
      </header>
      {read.error !== undefined && <Problem error={read.error} />}
      {lines.length === 0 ? (
        <p class="output-none">{noneBecause(run, read)}</p>
      ) : (
        <Lines
          key={shown}
          lines={visible}
          version={read.version}
          wraps={wraps}
          isBoth={shown === 'both'}
          isGrowing={isLive(run.status)}
          found={found.isOn ? found : undefined}
        />
      )}
      <footer class="muted">
        {lines.length > 0 && plural(lines.length, 'line')}
        {run.truncated && ' · there was more than what is kept'}
        {STATE_WORDS[read.state] !== undefined && lines.length > 0 && ` · ${STATE_WORDS[read.state]}`}
      </footer>
    </section>
  );
}

const STATE_WORDS: Readonly<Partial<Record<Output['state'], string>>> = {
  open: 'live',
  lost: 'not connected; goes on by itself',
};

function noneBecause(run: RunRecord, { state, isPruned }: Output): string {
  if (isPruned) return 'What it wrote was removed, as it was old or too much.';
  if (run.startedAt === null) return isLive(run.status) ? 'It has not started yet.' : 'It did not run.';
  if (state === 'opening') return 'Loading the output …';
  return isLive(run.status) ? 'Nothing written yet.' : 'It wrote nothing.';
}

function Streams({
  read,
  shown,
  onPick,
}: {
  readonly read: Output;
  readonly shown: Shown;
  readonly onPick: (shown: Shown) => void;
}) {
  const { stdout, stderr } = read.output.counts;
  const choices = [
    ['both', 'both', stdout + stderr],
    ['stdout', 'stdout', stdout],
    ['stderr', 'stderr', stderr],
  ] as const;
  return (
    <fieldset class="segments" aria-label="Streams">
      {choices.map(([value, text, count]) => (
        <button key={value} type="button" aria-pressed={shown === value} onClick={() => onPick(value)}>
          {text} <small class="figures">{formatCount(count)}</small>
        </button>
      ))}
    </fieldset>
  );
}

/** The browser's own search sees only the lines on the screen. */
function useFound(lines: readonly Line[], text: string, version: number): Found {
  const [current, setCurrent] = useState(0);
  const wanted = text.toLowerCase();
  useEffect(() => setCurrent(0), [wanted]);
  const at = useMemo(
    () =>
      wanted === ''
        ? []
        : lines.flatMap((line, index) => (plain(line.text).toLowerCase().includes(wanted) ? [index] : [])),
    [lines, wanted, version],
  );
  const step = (by: number) =>
    setCurrent((now) => (at.length === 0 ? 0 : (now + by + at.length) % at.length));
  const has = useMemo(() => new Set(at), [at]);
  return { isOn: wanted !== '', at, has, current: Math.min(current, Math.max(0, at.length - 1)), step };
}

function plain(text: string): string {
  return text.includes('\x1b') ? text.replace(/\x1b\[[\d;:]*m/g, '') : text;
}

function Find({
  text,
  onType,
  found,
}: {
  readonly text: string;
  readonly onType: (text: string) => void;
  readonly found: Found;
}) {
  return (
    <span class="find">
      <input
        type="text"
        aria-label="Find in the output"
        placeholder="Find"
        value={text}
        onInput={(event) => onType(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && found.step(event.shiftKey ? -1 : 1)}
      />
      {found.isOn && (
        <span class="figures muted" role="status">
          {found.at.length === 0
            ? 'none'
            : `${formatCount(found.current + 1)} of ${formatCount(found.at.length)}`}
        </span>
      )}
    </span>
  );
}

function Download({ run }: { readonly run: RunRecord }) {
  const { namespace, id, job, stdoutBytes, stderrBytes } = run;
  const choices = [
    ['stdout', stdoutBytes],
    ['stderr', stderrBytes],
    ['both', undefined],
  ] as const;
  return (
    <Popover
      label="Download"
      class="quiet"
      button={
        <>
          <Icon name="download" /> Download
        </>
      }
    >
      {(close) =>
        choices.map(([stream, bytes]) => (
          <a
            key={stream}
            class="item"
            href={addressOf(path(['namespaces', namespace, 'runs', id, 'output'], { stream }))}
            download={`${job}-${id.slice(0, 13)}${stream === 'both' ? '' : `-${stream}`}.txt`}
            onClick={close}
          >
            {stream}
            {typeof bytes === 'number' && <small class="muted">{formatBytes(bytes)}</small>}
          </a>
        ))
      }
    </Popover>
  );
}
