/** A command to run in a terminal, and a button that copies it. */
import { CopyButton } from './copy.js';

export function Command({ text }: { readonly text: string }) {
  return (
    <p class="command">
      <code>{text}</code>
      <CopyButton text={text} label="Copy the command" />
    </p>
  );
}
