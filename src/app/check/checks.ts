/** All that is looked for. To look for more, write a function that gives findings, and name it here. */
import type { Check } from './context.js';
import { checkSameSchedules, checkSameWork } from './duplicate.js';
import { checkDirectories, checkFiles } from './file.js';
import { checkImages } from './image.js';
import { checkPrograms } from './program.js';
import { checkClockChanges, checkDue, checkSurprises } from './schedule.js';
import { checkSecrets } from './secret.js';
import { checkShellLines } from './shell.js';
import { checkInherited, checkTemplates } from './template.js';

/** They depend on the file alone (and on the time of day). */
export const FILE_CHECKS: readonly Check[] = [
  checkDue,
  checkSurprises,
  checkClockChanges,
  checkSameSchedules,
  checkSameWork,
  checkTemplates,
];

/** They depend on the machine and the user, and on the environment that supertask would be started in. */
export const MACHINE_CHECKS: readonly Check[] = [
  checkInherited,
  checkDirectories,
  checkFiles,
  checkPrograms,
  checkShellLines,
  checkImages,
  checkSecrets,
];
