/** The JSON of what is shown, as the API gives it, to read and to copy. */
import { useState } from 'preact/hooks';
import { CopyButton } from './copy.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Beyond it, colours cost more than they tell. */
const MOST_COLOURED = 200_000;

function JsonView({ value }: { readonly value: unknown }) {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  return (
    <div class="json">
      <CopyButton text={text} label="Copy JSON" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <pre tabIndex={0}>{text.length > MOST_COLOURED ? text : pieces(text)}</pre>
    </div>
  );
}

/** A button that shows it in a dialog. */
export function JsonButton({ value, title }: { readonly value: unknown; readonly title: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="quiet" onClick={() => setOpen(true)}>
        <Icon name="code" /> JSON
      </button>
      {open && (
        <Dialog title={title} wide onClose={() => setOpen(false)}>
          <JsonView value={value} />
        </Dialog>
      )}
    </>
  );
}

function pieces(text: string) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    found.push(text.slice(from, match.index));
    const kind = colon !== undefined ? 'key' : string !== undefined ? 'string' : 'value';
    found.push(<span class={`json-${kind}`}>{whole}</span>);
    from = match.index + whole.length;
  }
  return [...found, text.slice(from)];
}
