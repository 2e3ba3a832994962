/** What became of a moment of a job, or will: asked by its time. */
import { useState } from 'preact/hooks';
import { path } from '../../api/client.js';
import type { JobRecord, Why } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { runHref } from '../../route.js';
import { TextField } from '../../view/field.js';
import { Loaded } from '../../view/state.js';
import { StatusBadge } from '../../view/status.js';

export function WhyAsked({ job }: { readonly job: JobRecord }) {
  const { namespace, id, tz } = job;
  const [at, setAt] = useState('');
  const [asked, setAsked] = useState<string>();
  const why = useResource<Why>(
    asked === undefined ? undefined : path(['namespaces', namespace, 'jobs', id, 'why'], { at: asked }),
  );
  return (
    <section class="panel section" aria-label="Why">
      <header>
        <h2>Why did it run, or not?</h2>
      </header>
      <form
        class="inside form"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(at.trim());
          if (asked === at.trim()) why.refresh();
        }}
      >
        <div class="ask-row">
          <TextField
            label="At"
            placeholder="02:00 or 2026-11-21 02:00"
            value={at}
            onChange={setAt}
            hint={`in ${tz ?? 'its zone'}; empty: its latest moment`}
          />
          <button type="submit">Ask</button>
        </div>
        {asked !== undefined && (
          <div aria-live="polite">
            <Loaded resource={why} what="why">
              {({ sentence, run, start }) => (
                <>
                  <p>{sentence}</p>
                  {start !== null && (
                    <p class="muted">
                      This would start one: <code>{start}</code>
                    </p>
                  )}
                  {run !== null && (
                    <p>
                      <a href={runHref(namespace, run.id)}>
                        <StatusBadge status={run.status} reason={run.reason} /> Show the run
                      </a>
                    </p>
                  )}
                </>
              )}
            </Loaded>
          </div>
        )}
      </form>
    </section>
  );
}
