/** A part of the dashboard: its name, how much there is of it, and where to find all. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export type PanelProps = {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly end?: ComponentChildren;
  readonly kind?: string;
  readonly children: ComponentChildren;
};

export function Panel({ title, note, end, kind = '', children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${kind}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note !== undefined && <p class="muted note">{note}</p>}
        {end !== undefined && <div class="panel-end">{end}</div>}
      </header>
      {children}
    </section>
  );
}

/** What a panel says when there is nothing in it. */
export function Nothing({ children }: { readonly children: ComponentChildren }) {
  return <p class="nothing muted">{children}</p>;
}
