/** The configuration of a ready-made thing, declared key by key: from it come its check, its values and its docs. Pure. */
import type { Json } from '../json.js';
import { suggest } from '../suggest.js';
import {
  below,
  describeJson,
  type Environment,
  type Fault,
  faultAt,
  isMap,
  type JsonMap,
  type Part,
  type Place,
} from './part.js';

/** One key. */
export type Key<T, Needed extends boolean = boolean> = {
  /** For the docs and the published schema. */
  readonly about: string;
  readonly part: Part<T>;
  readonly needed: Needed;
};

// biome-ignore lint/suspicious/noExplicitAny: of whatever type each key is
type Keys = Readonly<Record<string, Key<any>>>;

/** What a configuration becomes: needed keys are there, others may be. */
export type Values<K extends Keys> = {
  readonly [Name in keyof K]: K[Name] extends Key<infer T, infer Needed>
    ? Needed extends true
      ? T
      : T | undefined
    : never;
};

export type Shape<K extends Keys = Keys> = {
  /** With its article, for messages. */
  readonly what: string;
  readonly keys: K;
  /** Words that people know from elsewhere, with what to write instead. */
  readonly foreign?: Readonly<Record<string, string>>;
  /** What has to hold between keys. It sees the text as it is written, environment and templates included. */
  readonly together?: (written: JsonMap, place: Place, situation: Situation) => void;
};

/** Where a thing is used. */
export type Situation = {
  /** As an action on a run: texts then come from the run, unless they are given. */
  readonly hasEvent: boolean;
};

export function optional<T>(part: Part<T>, about: string): Key<T, false> {
  return { about, part, needed: false };
}

export function needed<T>(part: Part<T>, about: string): Key<T, true> {
  return { about, part, needed: true };
}

/** A part that is a map with known keys. */
export function map<K extends Keys>(shape: Shape<K>): Part<Values<K>> {
  return (value, place) => readMap(shape, value, place, { hasEvent: false });
}

/** What reading found beside the values. */
export type Findings = {
  readonly faults: Fault[];
  /** Names of variables that secrets come from. */
  readonly secrets: string[];
  /** Secrets that are written out. */
  readonly exposed: Fault[];
};

/**
 * Check a configuration and make values of it.
 *
 * @param env - Undefined at load: what comes from the environment, or from templates, is not checked then.
 * @returns No values where there are faults, and none at load where something is not known yet.
 */
export function readShape<K extends Keys>(
  shape: Shape<K>,
  written: Json,
  situation: Situation & { readonly env?: Environment | undefined },
): Findings & { readonly values: Values<K> | undefined } {
  const findings: Findings = { faults: [], secrets: [], exposed: [] };
  const place: Place = {
    path: [],
    env: situation.env,
    fault: (fault) => findings.faults.push(fault),
    secret: (name) => findings.secrets.push(name),
    exposed: (fault) => findings.exposed.push(fault),
  };
  const values = readMap(shape, written, place, situation);
  return { ...findings, values: findings.faults.length > 0 ? undefined : values };
}

function readMap<K extends Keys>(
  shape: Shape<K>,
  written: Json,
  place: Place,
  situation: Situation,
): Values<K> | undefined {
  const names = Object.keys(shape.keys);
  if (!isMap(written)) {
    const hint = `Its keys: ${names.join(', ')}.`;
    return faultAt(place, `expected ${shape.what} as a map, found ${describeJson(written)}`, hint);
  }
  for (const name of Object.keys(written)) {
    if (names.includes(name)) continue;
    const message = `${JSON.stringify(name)} is not a key of ${shape.what}`;
    place.fault({ path: [...place.path, name], isKey: true, message, hint: keyHint(name, shape) });
  }
  let isWhole = true;
  const entries = Object.entries(shape.keys).map(([name, key]) => {
    const value = Object.hasOwn(written, name) ? written[name] : undefined;
    if (value === undefined && key.needed) {
      faultAt(place, `${shape.what} lacks "${name}"`, `Write ${name}: … (${key.about}).`);
    }
    const read: unknown = value === undefined ? undefined : key.part(value, below(place, name));
    if (read === undefined && (key.needed || value !== undefined)) isWhole = false;
    return [name, read] as const;
  });
  shape.together?.(written, place, situation);
  return isWhole ? (Object.fromEntries(entries) as Values<K>) : undefined;
}

function keyHint(name: string, { keys, foreign = {} }: Shape): string {
  const instead = Object.hasOwn(foreign, name) ? foreign[name] : undefined;
  if (instead !== undefined) return instead;
  const names = Object.keys(keys);
  const near = suggest(name, names);
  return near === undefined ? `Known keys: ${names.join(', ')}.` : `Did you mean "${near}"?`;
}
