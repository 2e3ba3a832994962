/** What became of runs: a shape, a word and a colour, so that none of them is needed to tell. */
import type { RunStatus } from '../api/record.js';

export { ENDED, isBad, isLive, LIVE } from './outcome.js';

/** Shapes of 16 by 16 units. Those that are over are filled, with a mark left open in them. */
const SHAPES: Readonly<Record<RunStatus, { readonly d: string; readonly filled?: boolean }>> = {
  waiting: { d: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3l2 1.5' },
  starting: { d: 'M8 2.5a5.5 5.5 0 0 1 5.5 5.5' },
  running: { d: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5' },
  stopping: { d: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5M6.3 6.3h3.4v3.4H6.3z' },
  succeeded: { d: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M5 8.2l2.1 2.1L11 6.2', filled: true },
  failed: { d: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4', filled: true },
  errored: { d: 'M8 1.8l6.6 12H1.4zM8 6.2v3.6M8 11.6v.3', filled: true },
  skipped: { d: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M5.3 8h5.4' },
  missed: {
    d: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M6.5 6.4a1.6 1.6 0 1 1 2.3 1.4c-.6.3-.8.6-.8 1.1M8 10.9v.2',
  },
};

export function StatusMark({ status }: { readonly status: RunStatus }) {
  const { d, filled = false } = SHAPES[status];
  const spins = status === 'running' || status === 'starting' || status === 'stopping';
  return (
    <svg
      class={`mark status-${status}${filled ? ' filled' : ''}${spins ? ' spins' : ''}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={d} />
    </svg>
  );
}

/** `failed: exit-code 3`, with its shape. */
export function StatusBadge({
  status,
  reason,
}: {
  readonly status: RunStatus;
  readonly reason?: string | null;
}) {
  return (
    <span class={`badge status-${status}`}>
      <StatusMark status={status} />
      <span>{status}</span>
      {reason && <span class="reason">{reason}</span>}
    </span>
  );
}
