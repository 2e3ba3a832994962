/** What a check has found, as programs get it; the names are a contract. Pure. */
import { isAbsolute, relative } from 'node:path';
import type { JsonRecord } from '../../model/record.js';
import type { Checked, ShownFinding } from './check.js';
import type { Excerpt } from './excerpt.js';

const MOST_RECORDED = 400;

/** Relative where that is shorter: what lies below the working directory. */
export function displayPath(file: string, cwd: string): string {
  const path = isAbsolute(file) ? relative(cwd, file) : file;
  return path === '' || path.startsWith('..') ? file : path;
}

export function checkedRecord({ files, taskCount, findings }: Checked, isClean: boolean, cwd: string) {
  return {
    clean: isClean,
    files: files.map((file) => displayPath(file, cwd)),
    tasks: taskCount,
    findings: findings.map((each) => findingRecord(each, cwd)),
  };
}

function findingRecord(found: ShownFinding, cwd: string): JsonRecord {
  const { severity, code, message, file, line, column, hint, task, excerpt } = found;
  return {
    severity,
    code,
    message,
    file: displayPath(file, cwd),
    line: line ?? null,
    column: column ?? null,
    hint: hint ?? null,
    task: task ?? null,
    excerpt: excerpt === undefined ? null : recordedPart(excerpt),
  };
}

/** Of a long line what stands around the part that is meant. */
function recordedPart({ text, mark }: Excerpt): string {
  const from = text.length <= MOST_RECORDED ? 0 : Math.max(0, (mark?.at ?? 0) - MOST_RECORDED / 4);
  return text.slice(from, from + MOST_RECORDED);
}
