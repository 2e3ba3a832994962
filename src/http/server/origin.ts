/** Which names a server answers to, and which pages may ask it. Pure. */
import { isIP } from 'node:net';
import { formatAddress, isLoopback } from './address.js';

export type Names = {
  /** As in the header `Host`, in lower case. */
  readonly hosts: ReadonlySet<string>;
  /** As in the header `Origin`. */
  readonly origins: ReadonlySet<string>;
};

export type NameOptions = {
  /** What is listened on: an IP address. */
  readonly ip: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** `name` or `name:port`, as browsers see them, perhaps through a proxy. */
  readonly allowed: readonly string[];
  /** Somebody in front may speak HTTPS for us. */
  readonly isBehindProxy: boolean;
};

/** The names of this machine to itself, the address itself, and those that were allowed by name. */
export function namesOf({ ip, port, isSecure, allowed, isBehindProxy }: NameOptions): Names {
  const isAny = ip === '0.0.0.0' || ip === '::';
  const own = [
    ...(isLoopback(ip) || isAny ? ['127.0.0.1', '::1', 'localhost'] : []),
    ...(isAny ? [] : [ip]),
  ].map((host) => formatAddress({ host, port }));
  const given = allowed.flatMap((name) => withPorts(name.toLowerCase(), port, isBehindProxy));
  const schemes = isBehindProxy ? ['http', 'https'] : [isSecure ? 'https' : 'http'];
  const all = [...own, ...given];
  const hosts = all.flatMap((host) => [host, ...schemes.map((scheme) => withoutDefaultPort(host, scheme))]);
  return {
    hosts: new Set(hosts),
    origins: new Set(
      all.flatMap((host) => schemes.map((scheme) => `${scheme}://${withoutDefaultPort(host, scheme)}`)),
    ),
  };
}

/** A name without a port is meant with ours; behind a proxy, with the one that belongs to the scheme. */
function withPorts(name: string, port: number, isBehindProxy: boolean): string[] {
  const host = isIP(name) === 6 ? `[${name}]` : name;
  if (/:\d+$/.test(host.replace(/^\[.*\]/, ''))) return [host];
  return [`${host}:${port}`, ...(isBehindProxy ? [`${host}:80`, `${host}:443`] : [])];
}

function withoutDefaultPort(host: string, scheme: string): string {
  return host.replace(scheme === 'https' ? /:443$/ : /:80$/, '');
}
