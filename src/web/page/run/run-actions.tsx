/** Stop, kill, run again, and say how a run is to be taken. */
import { useState } from 'preact/hooks';
import { markRun, rerun, stopRun } from '../../api/operate.js';
import type { RunRecord } from '../../api/record.js';
import { may } from '../../api/session.js';
import { runHref } from '../../route.js';
import { confirm } from '../../view/dialog.js';
import { SelectField, TextField } from '../../view/field.js';
import { Icon } from '../../view/icon.js';
import { isLive } from '../../view/status.js';
import { attempt, tell } from '../../view/toast.js';
import { AskDialog } from '../job/ask-dialog.js';

type Asked = 'stop' | 'rerun' | 'mark';

export function RunActions({ run }: { readonly run: RunRecord }) {
  const [asked, setAsked] = useState<Asked>();
  if (!may('operate')) return null;
  const close = () => setAsked(undefined);
  const canMark = ['succeeded', 'failed', 'errored'].includes(run.status);
  return (
    <span class="head-actions">
      {isLive(run.status) && <StopButton run={run} onAsk={() => setAsked('stop')} />}
      {!isLive(run.status) && (
        <button type="button" onClick={() => setAsked('rerun')}>
          <Icon name="again" /> Run again
        </button>
      )}
      {canMark && (
        <button type="button" onClick={() => setAsked('mark')}>
          <Icon name="flag" /> Mark
        </button>
      )}
      {asked === 'stop' && <StopDialog run={run} onClose={close} />}
      {asked === 'rerun' && <RerunDialog run={run} onClose={close} />}
      {asked === 'mark' && <MarkDialog run={run} onClose={close} />}
    </span>
  );
}

/** The second press, while it is being stopped, kills. */
function StopButton({ run, onAsk }: { readonly run: RunRecord; readonly onAsk: () => void }) {
  if (run.status === 'waiting')
    return (
      <button type="button" onClick={() => drop(run)}>
        <Icon name="cross" /> Take back
      </button>
    );
  if (run.status === 'stopping')
    return (
      <button type="button" class="grave" onClick={() => kill(run)}>
        <Icon name="stop" /> Kill
      </button>
    );
  return (
    <button type="button" onClick={onAsk}>
      <Icon name="stop" /> Stop
    </button>
  );
}

async function drop(run: RunRecord): Promise<void> {
  await attempt(() => stopRun(run), 'Taken back: it is recorded as skipped.');
}

async function kill(run: RunRecord): Promise<void> {
  const isMeant = await confirm({
    title: `Kill ${run.job}?`,
    text: 'All its processes end at once by SIGKILL, without a chance to clean up.',
    action: 'Kill',
    grave: true,
  });
  if (isMeant) await attempt(() => stopRun(run, { kill: true }), 'Killed.');
}

const SIGNALS = ['', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'].map((value) => ({
  value,
  text: value === '' ? "the job's own" : value,
}));

type DialogProps = { readonly run: RunRecord; readonly onClose: () => void };

function StopDialog({ run, onClose }: DialogProps) {
  const [signal, setSignal] = useState('');
  const [grace, setGrace] = useState('');
  const act = async () => {
    const { answer } = await stopRun(run, {
      ...(signal === '' ? {} : { signal }),
      ...(grace === '' ? {} : { graceMs: Math.round(Number(grace) * 1_000) }),
    });
    tell(
      answer === 'dropped'
        ? 'Taken back.'
        : answer === 'stopping'
          ? 'Stopping.'
          : 'It is being stopped already.',
    );
  };
  return (
    <AskDialog title={`Stop ${run.job}`} action="Stop" grave act={act} onClose={onClose}>
      <p class="muted">It gets a signal, and SIGKILL when it has not ended after the grace.</p>
      <div class="field-row">
        <SelectField label="Signal" value={signal} onChange={setSignal} options={SIGNALS} />
        <TextField
          label="Grace, in seconds"
          placeholder="the job's own"
          value={grace}
          onChange={setGrace}
          error={/^\d*(\.\d+)?$/.test(grace) ? undefined : 'a number of seconds'}
        />
      </div>
    </AskDialog>
  );
}

function RerunDialog({ run, onClose }: DialogProps) {
  const [note, setNote] = useState('');
  const act = async () => {
    const { kind, run: made } = await rerun(run, note.trim() === '' ? {} : { note: note.trim() });
    const text = { started: 'Started.', waiting: 'It waits for its turn.', skipped: 'It was skipped.' }[kind];
    tell(text, { href: runHref(run.namespace, made.id), text: 'Show the run' });
  };
  return (
    <AskDialog title={`Run ${run.job} again`} action="Run again" act={act} onClose={onClose}>
      <p class="muted">As the job is defined now, with the arguments and for the instant of this run.</p>
      <TextField label="Note" placeholder="why, for the record" value={note} onChange={setNote} />
    </AskDialog>
  );
}

function MarkDialog({ run, onClose }: DialogProps) {
  const [status, setStatus] = useState(run.status === 'succeeded' ? 'failed' : 'succeeded');
  const [note, setNote] = useState('');
  const act = async () => {
    await markRun(run, { status, ...(note.trim() === '' ? {} : { note: note.trim() }) });
    tell(`Marked as ${status}.`);
  };
  return (
    <AskDialog title={`Mark the run of ${run.job}`} action="Mark" act={act} onClose={onClose}>
      <SelectField
        label="It is to be taken as"
        value={status}
        onChange={setStatus}
        options={[
          { value: 'succeeded', text: 'succeeded' },
          { value: 'failed', text: 'failed' },
        ]}
        hint="What waits for this job sees that. No action is taken again; what it was at first stays on record."
      />
      <TextField label="Note" placeholder="what you found, for the others" value={note} onChange={setNote} />
    </AskDialog>
  );
}
