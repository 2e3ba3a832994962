/** supertask for programs. */
export { occurrences, parseTimetable, runTimetable, type TimetableResult } from './app/library.js';
export { ERRORS, type ErrorCode, type Location, type Problem, SupertaskError } from './errors.js';
export type { Event } from './model/event.js';
export type { Run, RunStatus } from './model/run.js';
export type { Task } from './model/task.js';
export type { Timetable } from './model/timetable.js';
