/** The output of a run as it comes in, as lines. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type ApiError, path } from '../../api/client.js';
import { follow } from '../../api/stream.js';
import { createOutputLines, type OutputLines, type Piece } from './output-lines.js';

export type Output = {
  readonly output: OutputLines;
  /** Changes when there is more. */
  readonly version: number;
  /** `open`: more may come; `lost`: it is tried again. */
  readonly state: 'opening' | 'open' | 'lost' | 'ended' | 'failed';
  readonly error: ApiError | undefined;
  /** What was written was removed, as it was old or too much. */
  readonly isPruned: boolean;
};

/** However much comes, it is shown so often. */
const SHOW_EVERY_MS = 100;

type Shown = Omit<Output, 'output'>;

/** @param wanted - Whether there can be any. */
export function useOutput(namespace: string, run: string, wanted: boolean): Output {
  const held = useMemo(() => ({ output: createOutputLines() }), [namespace, run]);
  const [shown, setShown] = useState<Shown>({
    version: 0,
    state: 'opening',
    error: undefined,
    isPruned: false,
  });
  useEffect(() => {
    if (!wanted) return;
    let now: Shown = { version: 0, state: 'opening', error: undefined, isPruned: false };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (changed: Partial<Shown> = {}, delayMs = 0) => {
      now = { ...now, ...changed, version: now.version + 1 };
      if (delayMs === 0) {
        clearTimeout(timer);
        timer = undefined;
        setShown(now);
        return;
      }
      timer ??= setTimeout(() => show(), delayMs);
    };
    const stop = follow(path(['namespaces', namespace, 'runs', run, 'output', 'follow']), {
      onOpen(isAnew) {
        if (isAnew) held.output = createOutputLines();
        show({ state: 'open', error: undefined });
      },
      onMessage({ event, data }) {
        if (event === 'output') held.output.push(piecesIn(data));
        if (event === 'end') {
          stop();
          show({ state: 'ended', isPruned: data.includes('"pruned":true') });
          return;
        }
        show({}, SHOW_EVERY_MS);
      },
      onLost: (_, error) => show({ state: 'lost', error }),
      isFinal(error) {
        const isFinal = error.status >= 400 && error.status < 500;
        if (isFinal) show({ state: 'failed', error });
        return isFinal;
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [held, wanted]);
  return { ...shown, output: held.output };
}

function piecesIn(data: string): readonly Piece[] {
  try {
    return [JSON.parse(data) as Piece | readonly Piece[]].flat();
  } catch {
    return [];
  }
}
