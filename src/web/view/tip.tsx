/** What a mark in a drawing stands for, beside it: for the pointer and for the focus. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

export type Tip = {
  /** From the left and the top of the drawing, in px. */
  readonly x: number;
  readonly y: number;
  readonly text: ComponentChildren;
};

/** So wide at most; of what is near the right edge, it stands to the left. */
const WIDTH = 260;

export function useTip() {
  const tip = useSignal<Tip | undefined>(undefined);
  return {
    tip,
    show: (shown: Tip) => {
      tip.value = shown;
    },
    hide: () => {
      tip.value = undefined;
    },
  };
}

/** Not read out: what it says is the name of the mark itself. */
export function TipBox({ tip, width }: { readonly tip: Tip | undefined; readonly width: number }) {
  if (tip === undefined) return null;
  const left = Math.max(0, Math.min(tip.x - WIDTH / 2, width - WIDTH));
  return (
    <div class="tip" aria-hidden="true" style={{ left: `${left}px`, top: `${tip.y}px`, width: `${WIDTH}px` }}>
      <div>{tip.text}</div>
    </div>
  );
}
