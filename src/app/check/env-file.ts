/** Files of variables, as `run --env-file` reads them. */
import { resolve } from 'node:path';
import { SupertaskError } from '../../errors.js';
import { type EnvFile, readEnvFile } from '../env-file.js';
import { type Finding, finding } from './finding.js';

export type CheckedEnvFile = Pick<EnvFile, 'variables'> & { readonly findings: readonly Finding[] };

export function checkEnvFile(path: string, cwd: string): CheckedEnvFile {
  try {
    const { file, variables, mistakes } = readEnvFile(path, cwd);
    const findings = mistakes.map(({ line, column, message, hint }) =>
      finding('ENV_LINE', message, { file, line, column }, { hint }),
    );
    return { variables, findings };
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    const place = { file: resolve(cwd, path) };
    return { variables: {}, findings: [finding(error.code, error.message, place, { hint: error.hint })] };
  }
}
