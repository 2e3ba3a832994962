/** Addresses to listen on, as they are written: `HOST:PORT`, `:PORT`, `PORT`, `[::1]:PORT`, `HOST`. Pure. */
import { isIP } from 'node:net';
import { SupertaskError } from '../../errors.js';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 4243;

export type Address = {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
};

/** @throws {SupertaskError} `SETTING_INVALID` */
export function parseAddress(text: string): Address {
  if (text === '' || text === 'true') return { host: DEFAULT_HOST, port: DEFAULT_PORT };
  if (isIP(text) === 6) return { host: text, port: DEFAULT_PORT };
  if (/^\d+$/.test(text)) return { host: DEFAULT_HOST, port: parsePort(text, text) };
  const [, bracketed, name, port] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]*))(?::(\d+))?$/.exec(text) ?? [];
  if (bracketed === undefined && name === undefined) throw wrong(text);
  if (bracketed !== undefined && isIP(bracketed) !== 6) throw wrong(text);
  // Four numbers that are no address would be looked up as a name.
  if (name !== undefined && /^[\d.]+$/.test(name) && isIP(name) !== 4) throw wrong(text);
  return {
    host: bracketed ?? (name || DEFAULT_HOST),
    port: port === undefined ? DEFAULT_PORT : parsePort(port, text),
  };
}

/** `127.0.0.1:4243`, `[::1]:4243`. */
export function formatAddress({ host, port }: Address): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Whether only this machine can reach it. */
export function isLoopback(ip: string): boolean {
  return /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(ip) || ip === '::1';
}

function parsePort(digits: string, text: string): number {
  const port = Number(digits);
  if (port <= 65_535) return port;
  throw wrong(text);
}

function wrong(text: string): SupertaskError {
  return new SupertaskError('SETTING_INVALID', `${JSON.stringify(text)} is no address to listen on`, {
    hint: 'Write HOST:PORT, :PORT, PORT or [::1]:PORT; port 0 takes any that is free.',
  });
}
