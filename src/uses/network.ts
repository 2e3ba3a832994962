/** What goes wrong between two machines, in words. */
import { getSystemErrorName } from 'node:util';
import { EXIT, Failure } from './use.js';

/** Trying again later may help. */
const TEMPORARY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: nothing listens there',
  ECONNRESET: 'the connection was cut by the other side',
  EPIPE: 'the connection was cut by the other side',
  UND_ERR_SOCKET: 'the connection was cut by the other side',
  ETIMEDOUT: 'no connection came about in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped coming',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  EAI_AGAIN: 'the name of the host cannot be looked up at the moment',
  ENOTFOUND: 'the name of the host is not known',
};

const LASTING: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the server is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'a certificate of the server is signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody known has signed the certificate of the server',
  UNABLE_TO_GET_ISSUER_CERT: 'nobody known has signed the certificate of the server',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody known has signed the certificate of the server',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another host',
};

const TRUST_HINT = 'A certificate of your own is trusted with NODE_EXTRA_CA_CERTS in env.';

/**
 * An error of the network as a `Failure`.
 *
 * @param doing - What was being done, for the beginning of the message.
 */
export function networkFailure(doing: string, error: unknown): Failure {
  const codes = codesOf(error);
  const temporary = codes.find((code) => code in TEMPORARY);
  if (temporary !== undefined) {
    return new Failure(`${doing}: ${TEMPORARY[temporary]} (${temporary})`, EXIT.temporary, error);
  }
  const lasting = codes.find((code) => code in LASTING);
  if (lasting !== undefined) {
    const hint =
      lasting === 'ERR_TLS_CERT_ALTNAME_INVALID' || lasting.startsWith('CERT_') ? '' : `. ${TRUST_HINT}`;
    return new Failure(`${doing}: ${LASTING[lasting]} (${lasting})${hint}`, EXIT.refused, error);
  }
  const tls = codes.find((code) => /^(?:ERR_SSL_|ERR_TLS_|EPROTO)/.test(code));
  if (tls !== undefined) {
    return new Failure(
      `${doing}: no TLS connection came about (${tls}); is it a TLS port?`,
      EXIT.refused,
      error,
    );
  }
  const said = deepest(error);
  const words = said === 'bad port' ? 'Node sends no requests to this port, as browsers do not' : said;
  return new Failure(`${doing}: ${words}`, EXIT.refused, error);
}

/** What OpenSSL calls these, where a library has put a code of its own in place of theirs. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/^self[- ]signed certificate in certificate chain/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/^self[- ]signed certificate/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/^unable to verify the first certificate/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/^unable to get (?:local )?issuer certificate/, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  [/^certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/^certificate is not yet valid/, 'CERT_NOT_YET_VALID'],
  [/does not match certificate's altnames/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/:SSL routines:/, 'ERR_SSL_PROTOCOL'],
];

/** Codes of an error, of its causes, and of all addresses that were tried. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const said = SAID.flatMap(([words, code]) => (words.test(error.message) ? [code] : [])).slice(0, 1);
  const number =
    'errno' in error && typeof error.errno === 'number' && error.errno < 0
      ? [getSystemErrorName(error.errno)]
      : [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const tried: unknown[] = error instanceof AggregateError ? error.errors : [];
  // The innermost says most.
  return [...codesOf(error.cause), ...tried.flatMap(codesOf), ...number, ...said, ...own];
}

function deepest(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? deepest(error.cause) : error.message;
}
