/** A job as text, with what is wrong in it and where. */
import { useId, useRef } from 'preact/hooks';
import type { Finding } from '../../api/record.js';
import { Icon } from '../../view/icon.js';
import type { Notation } from './finding.js';

const ROWS = 24;

export function TextFields({
  text,
  notation,
  findings,
  isChecked,
  onChange,
}: {
  readonly text: string;
  readonly notation: Notation;
  readonly findings: readonly Finding[];
  /** The findings are those of the text as it is. */
  readonly isChecked: boolean;
  readonly onChange: (text: string) => void;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const goTo = ({ line, column }: Finding) => {
    const lines = text.split('\n');
    const before = lines.slice(0, (line ?? 1) - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const at = before + (column ?? 1) - 1;
    area.current?.focus();
    area.current?.setSelectionRange(at, before + (lines[(line ?? 1) - 1]?.length ?? 0));
  };
  return (
    <div class="text-fields">
      <label for={id} class="hidden">
        The job as {notation.toUpperCase()}
      </label>
      <textarea
        ref={area}
        id={id}
        class="mono"
        rows={Math.max(ROWS, text.split('\n').length + 1)}
        wrap="off"
        spellcheck={false}
        value={text}
        aria-invalid={findings.some(({ severity }) => severity === 'error') ? 'true' : 'false'}
        aria-describedby={`${id}-findings`}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <div id={`${id}-findings`} aria-live="polite">
        <h3 class="hidden">Findings</h3>
        {findings.length === 0 ? (
          <p class="muted with-copy">
            {isChecked && <Icon name="check" />} {isChecked ? 'Nothing is wrong with it.' : 'Checking …'}
          </p>
        ) : (
          <ul class="findings">
            {findings.map((finding, at) => (
              <li key={at} class={finding.severity}>
                <button
                  type="button"
                  class="quiet"
                  disabled={finding.line === null}
                  onClick={() => goTo(finding)}
                >
                  {finding.line === null ? '–' : `${finding.line}:${finding.column ?? 1}`}
                </button>
                <FindingText finding={finding} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

export function FindingText({ finding }: { readonly finding: Finding }) {
  const { severity, code, message, hint } = finding;
  return (
    <div>
      <strong>{severity}</strong> {message} <code>{code}</code>
      {hint !== null && <p class="muted">{hint}</p>}
    </div>
  );
}
