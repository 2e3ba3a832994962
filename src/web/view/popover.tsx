/** What opens beside a button and closes by Escape or a click elsewhere. */
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.js';

const GAP = 4;
const EDGE = 8;

export type PopoverProps = {
  readonly label: string;
  /** What the button shows; its label otherwise. */
  readonly button?: ComponentChildren;
  readonly class?: string;
  readonly role?: 'menu' | 'dialog';
  readonly children: (close: () => void) => ComponentChildren;
};

export function Popover({ label, button, class: name = '', role = 'dialog', children }: PopoverProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => box.current?.hidePopover();
  useEffect(() => {
    if (!open) return;
    place(opener.current, box.current);
    box.current?.querySelector<HTMLElement>('button, input, a')?.focus();
    // What it is beside moves away below it.
    addEventListener('scroll', close, { passive: true, once: true });
    return () => removeEventListener('scroll', close);
  }, [open]);
  return (
    <>
      <button
        ref={opener}
        type="button"
        class={name}
        popovertarget={id}
        aria-haspopup={role}
        aria-expanded={open}
        {...(button === undefined ? {} : { 'aria-label': label, title: label })}
      >
        {button ?? label}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it keeps to itself what is done in it. */}
      <div
        ref={box}
        id={id}
        popover="auto"
        class="popover"
        {...(open ? { role, 'aria-label': label } : {})}
        onToggle={(event) => setOpen((event as unknown as { newState: string }).newState === 'open')}
        onClick={(event) => event.stopPropagation()}
        onKeyDown={(event) => role === 'menu' && moveIn(event)}
      >
        {open && children(close)}
      </div>
    </>
  );
}

export type MenuItem = {
  readonly icon: IconName;
  readonly text: string;
  readonly grave?: boolean;
  readonly run: () => void;
};

/** Things to do, behind one button. */
export function Menu({ label, items }: { readonly label: string; readonly items: readonly MenuItem[] }) {
  return (
    <Popover label={label} button={<Icon name="more" />} class="quiet" role="menu">
      {(close) =>
        items.map(({ icon, text, grave = false, run }) => (
          <button
            key={text}
            type="button"
            role="menuitem"
            class={grave ? 'item bad' : 'item'}
            onClick={() => {
              close();
              run();
            }}
          >
            <Icon name={icon} />
            {text}
          </button>
        ))
      }
    </Popover>
  );
}

/** Below the button, or above it where there is more room; within the screen. */
function place(opener: HTMLElement | null, box: HTMLElement | null): void {
  if (opener === null || box === null) return;
  const { top, bottom, left, right } = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const isAbove = bottom + GAP + height > innerHeight - EDGE && top - GAP - height > EDGE;
  const x = left + width > innerWidth - EDGE ? right - width : left;
  box.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
  box.style.top = `${isAbove ? top - GAP - height : bottom + GAP}px`;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function moveIn(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : at + (STEPS[event.key] ?? 0);
  if (to === at) return;
  event.preventDefault();
  items[(to + items.length) % items.length]?.focus();
}
