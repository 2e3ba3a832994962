/** A button that puts text on the clipboard, and says that it did. */
import { useState } from 'preact/hooks';
import { Icon } from './icon.js';
import { tellProblem } from './toast.js';

const TOLD_MS = 1_500;

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), TOLD_MS);
    } catch {
      // Only pages that came over TLS or from this machine may.
      tellProblem(new Error('The browser does not let this page use the clipboard.'));
    }
  };
  return (
    <button type="button" class="quiet copy" title={label} aria-label={label} onClick={copy}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span role="status" class="hidden">
        {copied ? 'copied' : ''}
      </span>
    </button>
  );
}
