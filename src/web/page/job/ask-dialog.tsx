/** A dialog that asks the server for something, and stays open with what was typed when it refuses. */
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { ApiError } from '../../api/client.js';
import { Dialog } from '../../view/dialog.js';
import { Problem } from '../../view/state.js';

export type AskDialogProps = {
  readonly title: string;
  readonly action: string;
  readonly grave?: boolean;
  /** What it throws is shown in the dialog. */
  readonly act: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

export function AskDialog({ title, action, grave = false, act, onClose, children }: AskDialogProps) {
  const form = useId();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await act();
      onClose();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause : new ApiError(String(cause), { status: 0 }));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form={form} class={grave ? 'grave' : 'main'} disabled={busy}>
            {action}
          </button>
        </>
      }
    >
      {error !== undefined && <Problem error={error} />}
      <form id={form} class="form" onSubmit={submit}>
        {children}
      </form>
    </Dialog>
  );
}
