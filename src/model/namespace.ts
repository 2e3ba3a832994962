/** The tenant: all jobs and runs of one source on one host by one user. */
import { md5 } from './md5.js';

/** `api`: all its jobs were made through the API. */
export type SourceKind = 'inline' | 'file' | 'url' | 'stdin' | 'api';

/** Where a namespace comes from; all of it is kept readable in the bookkeeping. */
export type Origin = {
  readonly host: string;
  readonly user: string;
  /** Absolute path, URL, or for inline commands the working directory and the target's text. */
  readonly source: string;
  readonly kind: SourceKind;
  readonly author: string | undefined;
};

export type Namespace = Omit<Origin, 'author'> & {
  readonly id: string;
  readonly author?: string;
  /** Version of supertask that created it. */
  readonly generator: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Namespaces whose past is part of this one's. */
  readonly adopted?: readonly Adoption[];
};

/** A namespace that was made part of another one, with its own origin. */
export type Adoption = Pick<Origin, 'host' | 'user' | 'source'> & {
  readonly id: string;
  readonly createdAt: Date;
  readonly adoptedAt: Date;
};

/** `md5(host-user-source)` in hex: the same source is the same namespace in every invocation. */
export function namespaceId(origin: Pick<Origin, 'host' | 'user' | 'source'>): string {
  return md5(`${origin.host}-${origin.user}-${origin.source}`);
}
