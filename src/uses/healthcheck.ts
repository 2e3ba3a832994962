/** Pings a watcher. */
import { type HealthcheckValues, pingOf } from '../model/uses/healthcheck.js';
import { withoutCredentials } from '../model/uses/webhook.js';
import { refusal, send, startOf } from './request.js';
import { Failure, type Use } from './use.js';

export const useHealthcheck: Use<HealthcheckValues> = async (values, around) => {
  const { url: ping, text, signal } = pingOf(values, around.event, around.env['SUPERTASK_RUN_ID']);
  const { url, credentials } = withoutCredentials(ping);
  const label = `ping "${signal}" to ${url.origin}`;
  const answer = await send(
    {
      url,
      method: 'POST',
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        ...(credentials === undefined ? {} : { authorization: credentials }),
      },
      body: text,
      timeoutMs: values.timeout,
      follow: true,
      label,
    },
    around,
  );
  around.output('status', answer.status);
  const said = await startOf(answer.body);
  if (answer.status >= 200 && answer.status <= 299) {
    // Healthchecks answers 200 to checks that it does not know as well.
    if (/not found|rate limited/i.test(said)) throw new Failure(`${label}: ${said}`);
    around.say(`${label}: ${answer.status}`);
    return;
  }
  throw refusal(label, answer, said);
};
