/** What is shown in place of things: that they are on their way, that there are none, or why they did not come. */
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/client.js';
import type { Resource } from '../api/resource.js';
import { Icon } from './icon.js';

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Problem({ error, onRetry }: { readonly error: ApiError; readonly onRetry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p>
          {error.message} {error.code !== undefined && <code>{error.code}</code>}
        </p>
        {error.parts.length > 0 && (
          <ul>
            {error.parts.map((part) => (
              <li key={part.detail}>
                {part.location?.line !== undefined && <code>{placeIn(part.location)}</code>}
                {part.location?.path !== undefined && <code>{part.location.path}</code>} {part.detail}
                {part.hint !== undefined && <span class="muted"> {part.hint}</span>}
              </li>
            ))}
          </ul>
        )}
        {error.hint !== undefined && <p class="muted">{error.hint}</p>}
      </div>
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading" aria-live="polite">
      <span class="loading-dots" aria-hidden="true" />
      Loading {what} …
    </p>
  );
}

/** An answer when it is there; what was there before stays on the screen when it cannot be asked for again. */
export function Loaded<Data>({
  resource,
  what,
  children,
}: {
  readonly resource: Resource<Data>;
  readonly what: string;
  readonly children: (data: Data) => ComponentChildren;
}) {
  const data = resource.data.value;
  const error = resource.error.value;
  if (data === undefined && error === undefined) return <Loading what={what} />;
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={resource.refresh} />}
      {data !== undefined && children(data)}
    </>
  );
}

function placeIn({ line, column }: { readonly line?: number; readonly column?: number }): string {
  return column === undefined ? `${line}` : `${line}:${column}`;
}
