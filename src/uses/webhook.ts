/** Sends one message to a chat or a phone. */
import { type WebhookValues, webhookRequest } from '../model/uses/webhook.js';
import { refusal, send, startOf } from './request.js';
import type { Use } from './use.js';

export const useWebhook: Use<WebhookValues> = async (values, around) => {
  const { url, headers, payload } = webhookRequest(values, around.event);
  // The path is the secret of most services.
  const label = `${values.kind} at ${url.origin}`;
  const answer = await send(
    {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(payload),
      timeoutMs: values.timeout,
      follow: true,
      label,
    },
    around,
  );
  around.output('status', answer.status);
  const said = await startOf(answer.body);
  if (answer.status < 200 || answer.status > 299) throw refusal(label, answer, said);
  around.say(`${label}: sent`);
};
