/** What the files are called that stand for jobs, and for keys that several share: whatever is in their names. */
import { md5 } from '../../model/md5.js';

const MAX_NAME = 180;
/** What is put behind it has the ids of two runs: who waits, and that its place is given back. */
const MAX_LIMIT_NAME = 150;

/** A file name for a key that runs of several jobs share; no job's begins so. */
export function limitFileName(key: string): string {
  return `+${fileNameOf(key, MAX_LIMIT_NAME)}`;
}

/** A file name for a job's id, whatever is in it. */
export function jobFileName(job: string): string {
  return fileNameOf(job, MAX_NAME);
}

function fileNameOf(text: string, longest: number): string {
  const name = encodeURIComponent(text);
  return name.length <= longest ? name : `${name.slice(0, longest - 7)}~${md5(text).slice(0, 6)}`;
}
