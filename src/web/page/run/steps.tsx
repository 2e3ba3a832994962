/** The steps of a run, and what became of each. */
import type { StepRecord } from '../../api/record.js';
import { StatusBadge } from '../../view/status.js';
import { Elapsed, Length } from '../../view/time.js';

export function Steps({ steps }: { readonly steps: readonly StepRecord[] }) {
  return (
    <section class="panel section" aria-label="Steps">
      <header>
        <h2>Steps</h2>
      </header>
      <ol class="steps">
        {steps.map((step, at) => (
          <li key={at}>
            <span class="figures muted">{at + 1}</span>
            <span class="step-name">
              {step.name}
              {step.message !== undefined && <small class="muted"> {step.message}</small>}
              {Object.entries(step.outputs ?? {}).map(([name, value]) => (
                <small key={name}>
                  {' '}
                  <code>
                    {name} = {value}
                  </code>
                </small>
              ))}
            </span>
            <StatusBadge status={step.status} reason={reasonOf(step)} />
            <span class="end">
              {step.status === 'running' && step.startedAt !== undefined ? (
                <Elapsed since={step.startedAt} />
              ) : (
                <Length ms={step.durationMs} />
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function reasonOf({ reason, exitCode, signal }: StepRecord): string | null {
  const detail = signal ?? (exitCode === undefined || exitCode === 0 ? undefined : exitCode);
  return [reason, detail].filter((part) => part !== undefined).join(' ') || null;
}
