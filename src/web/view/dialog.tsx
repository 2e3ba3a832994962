/** Dialogs, by the element of that name: it keeps the focus inside, closes by Escape and gives the focus back. */
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.js';

export type DialogProps = {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** Buttons, the one that does it last. */
  readonly actions?: ComponentChildren;
  readonly wide?: boolean;
};

/** Shown for as long as it is rendered. */
export function Dialog({ title, onClose, children, actions, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    if (dialog?.open === false) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it; with the keyboard Escape does.
    <dialog
      ref={element}
      class={wide ? 'wide' : ''}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div class="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="quiet" aria-label="Close" onClick={onClose}>
            <Icon name="cross" />
          </button>
        </header>
        <div class="dialog-content">{children}</div>
        {actions !== undefined && <footer>{actions}</footer>}
      </div>
    </dialog>
  );
}

type Question = {
  readonly title: string;
  readonly text: string;
  /** What the button says. */
  readonly action: string;
  /** Whether it ends or takes away something. */
  readonly grave?: boolean;
};

const asked = signal<(Question & { readonly answer: (yes: boolean) => void }) | undefined>(undefined);

/** Ask before something that cannot be taken back. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value?.answer(false);
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = undefined;
        resolve(yes);
      },
    };
  });
}

/** Where questions appear; once on the page. */
export function Questions() {
  if (asked.value === undefined) return null;
  const { title, text, action, grave = false, answer } = asked.value;
  return (
    <Dialog
      title={title}
      onClose={() => answer(false)}
      actions={
        <>
          <button type="button" onClick={() => answer(false)}>
            Cancel
          </button>
          <button type="button" class={grave ? 'grave' : 'main'} onClick={() => answer(true)}>
            {action}
          </button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
