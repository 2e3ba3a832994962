/** Short messages about what was done, or why it was not; read out by screen readers. */
import { signal } from '@preact/signals';
import { ApiError } from '../api/client.js';
import { Icon } from './icon.js';

type Toast = {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
  readonly link?: ToastLink | undefined;
};

/** Where it leads on to. */
export type ToastLink = { readonly href: string; readonly text: string };

const SHOWN_MS = 6_000;
/** What went wrong takes longer to read. */
const BAD_SHOWN_MS = 15_000;
const MOST = 4;

const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function tell(text: string, link?: ToastLink): void {
  show({ id: ++last, text, bad: false, link }, SHOWN_MS);
}

export function tellProblem(error: unknown): void {
  const { code, hint } = error instanceof ApiError ? error : { code: undefined, hint: undefined };
  const text = error instanceof Error ? error.message : String(error);
  show({ id: ++last, text, bad: true, code, hint }, BAD_SHOWN_MS);
}

/** Do something, say that it was done, or why not. */
export async function attempt(what: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await what();
    tell(done);
    return true;
  } catch (error) {
    tellProblem(error);
    return false;
  }
}

export function Toasts() {
  return (
    <div class="toasts">
      <ul role="status">{toasts.value.filter(({ bad }) => !bad).map(line)}</ul>
      <ul role="alert">{toasts.value.filter(({ bad }) => bad).map(line)}</ul>
    </div>
  );
}

function line(toast: Toast) {
  return (
    <li key={toast.id} class={toast.bad ? 'toast bad' : 'toast'}>
      <Icon name={toast.bad ? 'alert' : 'check'} />
      <div>
        <p>
          {toast.text} {toast.code !== undefined && <code>{toast.code}</code>}
        </p>
        {toast.link !== undefined && <a href={toast.link.href}>{toast.link.text}</a>}
        {toast.hint !== undefined && <p class="muted">{toast.hint}</p>}
      </div>
      <button type="button" class="quiet" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
        <Icon name="cross" />
      </button>
    </li>
  );
}

function show(toast: Toast, forMs: number): void {
  toasts.value = [...toasts.value, toast].slice(-MOST);
  setTimeout(() => dismiss(toast.id), forMs);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
