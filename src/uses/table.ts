/** What each ready-made thing does; loaded only when it is used. */

import type { Values } from '../model/uses/shape.js';
import type { READY_MADE, ReadyMade } from '../model/uses/table.js';
import type { Use } from './use.js';

type Doing<Name extends ReadyMade> = () => Promise<Use<Values<(typeof READY_MADE)[Name]['keys']>>>;

export const DOING: { readonly [Name in ReadyMade]: Doing<Name> } = {
  http: async () => (await import('./http.js')).useHttp,
  mail: async () => (await import('./mail.js')).useMail,
  webhook: async () => (await import('./webhook.js')).useWebhook,
  healthcheck: async () => (await import('./healthcheck.js')).useHealthcheck,
  cleanup: async () => (await import('./cleanup.js')).useCleanup,
};
