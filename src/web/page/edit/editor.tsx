/** A job as a form or as text, with what is wrong with it as one types, until it is saved. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, change, getTagged, path } from '../../api/client.js';
import { useAnswer } from '../../api/question.js';
import type { Checked, Definition, TaskForm } from '../../api/record.js';
import { refreshAll } from '../../api/resource.js';
import { guardLeaving, jobHref } from '../../route.js';
import { confirm } from '../../view/dialog.js';
import { Problem } from '../../view/state.js';
import { tell } from '../../view/toast.js';
import { deleteJob } from '../job/delete-job.js';
import { Conflict } from './conflict.js';
import type { Draft } from './draft.js';
import { byKey, type Notation, textOfForm } from './finding.js';
import { isSame } from './task.js';
import { TaskFields } from './task-fields.js';
import { TextFields } from './text-fields.js';

export type EditorProps = {
  readonly namespaces: readonly string[];
  readonly namespace: string;
  /** Undefined: a job that is not there yet. */
  readonly id: string | undefined;
  readonly task: TaskForm;
  /** Of the version that it began with. */
  readonly tag: string | undefined;
};

type Mode = 'form' | Notation;

const CHECK_AFTER_MS = 400;
const MODES: readonly { readonly mode: Mode; readonly text: string }[] = [
  { mode: 'form', text: 'Form' },
  { mode: 'yaml', text: 'YAML' },
  { mode: 'json', text: 'JSON' },
];

export function Editor({ namespaces, namespace, id, task, tag }: EditorProps) {
  const [base, setBase] = useState({ task, tag });
  const [draft, setDraft] = useState<Draft>({ namespace, id: id ?? '', task });
  const [mode, setMode] = useState<Mode>('form');
  const [text, setText] = useState('');
  const [error, setError] = useState<ApiError>();
  const [theirs, setTheirs] = useState<{
    readonly definition: Definition;
    readonly tag: string | undefined;
  }>();
  const [busy, setBusy] = useState(false);
  const [initial, setInitial] = useState<string>();
  const isNew = id === undefined;
  const isDirty =
    mode === 'form' ? !isSame(draft.task, base.task) || draft.id !== (id ?? '') : text !== initial;
  const checkedText = mode === 'form' ? textOfForm(draft.id, draft.task) : text;
  const { answer: checked, isAsking } = useAnswer<Checked>(
    '/timetables/check',
    { text: checkedText, name: mode === 'yaml' ? 'job.yaml' : 'job.json' },
    { delayMs: CHECK_AFTER_MS },
  );
  const findings = checked?.findings ?? [];
  const leave = useGuard(isDirty && !busy);

  /** What is written as text, as a draft; the error is told. */
  const settled = async (): Promise<Draft | undefined> => {
    setError(undefined);
    if (mode === 'form') return draft;
    try {
      const { parseTask } = await import('./text.js');
      const written = parseTask(text);
      if (!isNew && written.id !== id) throw new Error(`The job is called “${id}”, and cannot be renamed.`);
      return { ...draft, ...written };
    } catch (cause) {
      setError(new ApiError(cause instanceof Error ? cause.message : String(cause), { status: 0 }));
      return undefined;
    }
  };
  const turnTo = async (next: Mode) => {
    const now = await settled();
    if (now === undefined) return;
    setDraft(now);
    if (next !== 'form') {
      const { formatTask } = await import('./text.js');
      const written = formatTask({ id: now.id || 'job', task: now.task }, next);
      const before = formatTask({ id: (id ?? '') || now.id || 'job', task: base.task }, next);
      setText(written);
      setInitial(before);
    }
    setMode(next);
  };
  const save = async (over: { readonly draft?: Draft; readonly tag?: string | undefined } = {}) => {
    const now = over.draft ?? (await settled());
    if (now === undefined || busy) return;
    setBusy(true);
    try {
      await write(now, isNew, over.tag ?? base.tag);
      leave();
      tell(isNew ? `Made ${now.id}.` : `Changed ${now.id}.`);
      refreshAll((asked) => asked.includes('/jobs'));
      location.hash = jobHref(now.namespace, now.id);
    } catch (cause) {
      setBusy(false);
      const failed = cause instanceof ApiError ? cause : new ApiError(String(cause), { status: 0 });
      setDraft(now);
      if (failed.status === 412) setTheirs(await currentOf(now).catch(() => undefined));
      setError(failed);
    }
  };
  /** Go on from what somebody else has saved meanwhile. */
  const goOnFrom = (next: TaskForm) => {
    if (theirs === undefined) return;
    setBase({ task: theirs.definition.task, tag: theirs.tag });
    setDraft({ ...draft, task: next });
    setMode('form');
    setTheirs(undefined);
    setError(undefined);
  };

  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="editor-head">
        <fieldset class="segments" aria-label="How it is edited">
          {MODES.map(({ mode: each, text: word }) => (
            <button key={each} type="button" aria-pressed={mode === each} onClick={() => turnTo(each)}>
              {word}
            </button>
          ))}
        </fieldset>
        <span class="muted" role="status">
          {isDirty ? 'not saved yet' : ''}
        </span>
      </div>
      {theirs !== undefined && (
        <Conflict base={base.task} mine={draft.task} theirs={theirs.definition} onChoose={goOnFrom} />
      )}
      {error !== undefined && theirs === undefined && <Problem error={error} />}
      {mode === 'form' ? (
        <TaskFields
          draft={draft}
          namespaces={namespaces}
          isNew={isNew}
          findings={byKey(findings, checkedText)}
          onChange={setDraft}
          onText={() => turnTo('yaml')}
        />
      ) : (
        <TextFields
          text={text}
          notation={mode}
          findings={findings}
          isChecked={checked !== undefined && !isAsking}
          onChange={setText}
        />
      )}
      <footer class="editor-foot">
        {!isNew && (
          <button type="button" class="quiet bad" onClick={() => deleteJob(namespace, id, base.tag)}>
            Delete …
          </button>
        )}
        <a class="button" href={isNew ? '#/jobs' : jobHref(namespace, id)}>
          Cancel
        </a>
        <button type="submit" class="main" disabled={busy || theirs !== undefined}>
          {isNew ? 'Make it' : 'Save'}
        </button>
      </footer>
    </form>
  );
}

async function write({ namespace, id, task }: Draft, isNew: boolean, ifMatch: string | undefined) {
  const jobs = ['namespaces', namespace, 'jobs'];
  const body = { task };
  if (isNew) return change(path(jobs), { body: { id, ...body } });
  return change(path([...jobs, id, 'definition']), {
    method: 'PUT',
    body,
    ...(ifMatch === undefined ? {} : { ifMatch }),
  });
}

async function currentOf({ namespace, id }: Draft) {
  const asked = path(['namespaces', namespace, 'jobs', id, 'definition']);
  const { answer, tag } = await getTagged<Definition>(asked);
  return { definition: answer, tag };
}

/** Asks before what was typed is lost. @returns Lets go without asking. */
function useGuard(isOn: boolean): () => void {
  const [isOff, setOff] = useState(false);
  useEffect(() => {
    if (!isOn || isOff) return;
    const asksBefore = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', asksBefore);
    const lift = guardLeaving(() =>
      confirm({
        title: 'Leave without saving?',
        text: 'What you have typed would be lost.',
        action: 'Leave',
        grave: true,
      }),
    );
    return () => {
      removeEventListener('beforeunload', asksBefore);
      lift();
    };
  }, [isOn, isOff]);
  return () => {
    guardLeaving(async () => true)();
    setOff(true);
  };
}
