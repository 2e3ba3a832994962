/** Who and where we are, as far as namespaces are concerned. */
import { namespaceId, type Origin, type SourceKind } from '../model/namespace.js';
import { hostName, userName } from '../store/file/host.js';

/** @param hostId - Takes the place of the host name, for containers whose names change. */
export function originOf(
  source: { readonly source: string; readonly kind: SourceKind; readonly author?: string | undefined },
  hostId: string | undefined,
): Origin {
  return {
    host: hostId ?? hostName(),
    user: userName(),
    source: source.source,
    kind: source.kind,
    author: source.author,
  };
}

/** The namespace that running this source here would use, unless it is named otherwise. */
export function namespaceOf(source: string, kind: SourceKind, hostId: string | undefined): string {
  return namespaceId(originOf({ source, kind }, hostId));
}

/** Who asks for something, for the records: `ada@host pid 17`. */
export function callerName(): string {
  return `${userName()}@${hostName()} pid ${process.pid}`;
}
