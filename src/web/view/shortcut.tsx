/** Keys that do something, and the list of them that `?` shows. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Dialog } from './dialog.js';

export type Shortcut = {
  /** Keys one after another, with a space between them: `g j`. */
  readonly keys: string;
  readonly does: string;
  readonly run: () => void;
};

/** Within which the second key has to follow. */
const PATIENCE_MS = 1_200;

const known = signal<readonly Shortcut[]>([]);
const helpOpen = signal(false);
let begun = '';
let forget: ReturnType<typeof setTimeout> | undefined;

/** Keys for as long as a part of the page is there. The list must not change. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    known.value = [...known.peek(), ...shortcuts];
    return () => {
      known.value = known.peek().filter((each) => !shortcuts.includes(each));
    };
  }, []);
}

export function showHelp(): void {
  helpOpen.value = true;
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
    return;
  if (document.querySelector('dialog[open]') !== null || event.key.length !== 1) return;
  if (event.key === '?') return showHelp();
  const typed = begun === '' ? event.key : `${begun} ${event.key}`;
  const found = known.peek().findLast(({ keys }) => keys === typed);
  clearTimeout(forget);
  begun = '';
  if (found !== undefined) {
    event.preventDefault();
    found.run();
    return;
  }
  if (!known.peek().some(({ keys }) => keys.startsWith(`${event.key} `))) return;
  begun = event.key;
  forget = setTimeout(() => {
    begun = '';
  }, PATIENCE_MS);
});

export function ShortcutHelp() {
  if (!helpOpen.value) return null;
  const close = () => {
    helpOpen.value = false;
  };
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {[...known.value, ...FIXED].map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** What other parts do. */
const FIXED = [
  { keys: '↑ ↓', does: 'from row to row in a list, also j and k' },
  { keys: 'Enter', does: 'open the row' },
  { keys: 'Esc', does: 'close a dialog' },
  { keys: '?', does: 'this list' },
];

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
