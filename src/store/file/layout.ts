/** Where everything is: names of files and directories, and what an id must look like to become one. */
import { join } from 'node:path';
import { isoText } from '../../model/iso.js';
import { runIdInstant } from '../../model/run.js';

export type Place = {
  readonly directory: string;
  readonly origin: string;
  readonly journals: string;
  readonly history: string;
  readonly definitions: string;
  readonly slots: string;
  /** Links to the sockets on which schedulers answer. */
  readonly control: string;
  /** Pauses and skips. */
  readonly overrides: string;
  /** Jobs that were made through the API. */
  readonly jobs: string;
  readonly output: string;
  readonly quarantine: string;
  /** Namespaces that are being made part of this one. */
  readonly adopting: string;
};

const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const RUN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function namespacesIn(root: string): string {
  return join(root, 'namespaces');
}

/** What supertasks in the background say. */
export function backgroundIn(root: string): string {
  return join(root, 'background');
}

/** What lets others in by HTTP. */
export function httpIn(root: string): string {
  return join(root, 'http');
}

/** The place of a namespace; undefined when this cannot be the id of one. */
export function placeOf(root: string, namespace: string): Place | undefined {
  if (!NAMESPACE.test(namespace) || namespace.includes('..')) return undefined;
  return placeAt(join(namespacesIn(root), namespace));
}

/** The place of a namespace in a directory, wherever that is. */
export function placeAt(directory: string): Place {
  return {
    directory,
    origin: `${directory}/namespace.json`,
    journals: `${directory}/journal`,
    history: `${directory}/history`,
    definitions: `${directory}/definitions`,
    slots: `${directory}/slots`,
    control: `${directory}/control`,
    overrides: `${directory}/overrides.json`,
    jobs: `${directory}/jobs.json`,
    output: `${directory}/output`,
    quarantine: `${directory}/quarantine`,
    adopting: `${directory}/adopting`,
  };
}

/** Whether this could be the id of a run. */
export function isRunId(text: string): boolean {
  return RUN.test(text);
}

/** `output/<yyyymmdd>` of a run, by the instant in its id; undefined when this cannot be the id of a run. */
export function outputDirectory(place: Place, runId: string): string | undefined {
  if (!isRunId(runId)) return undefined;
  return `${place.output}/${dayName(runIdInstant(runId))}`;
}

/** Path of a run's output files without their ending; undefined when this cannot be the id of a run. */
export function outputBase(place: Place, runId: string): string | undefined {
  const directory = outputDirectory(place, runId);
  return directory && `${directory}/${runId}`;
}

/** `20260501`, in UTC. */
export function dayName(at: Date): string {
  const text = isoText(at);
  return text.slice(0, text.indexOf('T')).replaceAll('-', '');
}
