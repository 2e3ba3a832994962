/** Run a job now, with arguments. */
import { useState } from 'preact/hooks';
import { path } from '../../api/client.js';
import { triggerJob } from '../../api/operate.js';
import type { Definition, JobRecord, Json, Triggered } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { runHref } from '../../route.js';
import { TextField } from '../../view/field.js';
import { Icon } from '../../view/icon.js';
import { Loading } from '../../view/state.js';
import { tell } from '../../view/toast.js';
import { AskDialog } from './ask-dialog.js';
import { ParamFields, type ParamForm, paramsOf } from './param-fields.js';

export function TriggerDialog(props: { readonly job: JobRecord; readonly onClose: () => void }) {
  const { namespace, id, task = id, origin } = props.job;
  // Only of jobs that were made through the API more is kept than what lists show.
  const definition = useResource<Definition>(
    origin === 'api' ? path(['namespaces', namespace, 'jobs', task, 'definition']) : undefined,
  );
  const isKnown =
    origin !== 'api' || definition.data.value !== undefined || definition.error.value !== undefined;
  if (!isKnown) return <Loading what="its parameters" />;
  return <Ask {...props} params={paramsOf(definition.data.value?.task)} />;
}

type Pair = { readonly name: string; readonly value: string };

function Ask({
  job,
  params,
  onClose,
}: {
  readonly job: JobRecord;
  readonly params: readonly ParamForm[];
  readonly onClose: () => void;
}) {
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [others, setOthers] = useState<readonly Pair[]>(() => othersOf(job, params));
  const [note, setNote] = useState('');
  const act = async () => {
    const args = Object.fromEntries([
      ...Object.entries(given).filter(([, value]) => value !== ''),
      ...others.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]),
    ]) as Record<string, Json>;
    const answer = await triggerJob(job, {
      ...(Object.keys(args).length === 0 ? {} : { args }),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
    });
    tell(WORDS[answer.kind](answer), { href: runHref(job.namespace, answer.run.id), text: 'Show the run' });
  };
  const change = (at: number, changed: Partial<Pair>) =>
    setOthers(others.map((each, index) => (index === at ? { ...each, ...changed } : each)));
  return (
    <AskDialog title={`Trigger ${job.name ?? job.id}`} action="Trigger" act={act} onClose={onClose}>
      <ParamFields params={params} values={given} onChange={setGiven} />
      <fieldset class="fields">
        {others.length > 0 && <legend>Arguments</legend>}
        <div>
          {others.map((pair, at) => (
            <div class="pair" key={at}>
              <input
                type="text"
                aria-label="Name of the argument"
                placeholder="name"
                value={pair.name}
                onInput={(event) => change(at, { name: event.currentTarget.value })}
              />
              <input
                type="text"
                aria-label={`Value of ${pair.name || 'the argument'}`}
                placeholder="value"
                value={pair.value}
                onInput={(event) => change(at, { value: event.currentTarget.value })}
              />
              <button
                type="button"
                class="quiet"
                aria-label={`Leave out ${pair.name || 'the argument'}`}
                onClick={() => setOthers(others.filter((_, index) => index !== at))}
              >
                <Icon name="cross" />
              </button>
            </div>
          ))}
          <button type="button" class="quiet" onClick={() => setOthers([...others, { name: '', value: '' }])}>
            <Icon name="plus" /> Argument
          </button>
        </div>
      </fieldset>
      <TextField label="Note" placeholder="why, for the record" value={note} onChange={setNote} />
    </AskDialog>
  );
}

/** Of a job whose parameters are not known: those that its last run had, to be changed. */
function othersOf({ id, task, lastRun }: JobRecord, params: readonly ParamForm[]): readonly Pair[] {
  // A job with arguments of its own brings these.
  if (task !== undefined && task !== id) return [];
  return Object.entries(lastRun?.args ?? {})
    .filter(([name, value]) => value !== '***' && !params.some((param) => param.name === name))
    .map(([name, value]) => ({ name, value: String(value) }));
}

const WORDS: Readonly<Record<Triggered['kind'], (answer: Triggered) => string>> = {
  started: ({ run }) => `Started ${run.job}.`,
  waiting: ({ run }) => `${run.job} waits for its turn${run.reason ? ` (${run.reason})` : ''}.`,
  skipped: ({ run }) => `${run.job} was skipped${run.reason ? `: ${run.reason}` : ''}. ${run.message ?? ''}`,
};
