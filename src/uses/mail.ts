/** Hands one message to an SMTP server. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { systemCode } from '../errors.js';
import { eventText, eventTitle, type RunEvent } from '../model/uses/event.js';
import { defaultPort, type MailValues, type TlsMode } from '../model/uses/mail.js';
import { networkFailure } from './network.js';
import { EXIT, Failure, type Use } from './use.js';

const PATIENCE_MS = 60_000;
const MAX_ATTACHED_BYTES = 25 * 1024 * 1024;

const TLS: Readonly<Record<TlsMode, { secure: boolean; requireTLS?: boolean; ignoreTLS?: boolean }>> = {
  implicit: { secure: true },
  starttls: { secure: false, requireTLS: true },
  optional: { secure: false },
  none: { secure: false, ignoreTLS: true },
};

export const useMail: Use<MailValues> = async (values, { event, signal, say, output }) => {
  const { host, tls = 'starttls', user, password, timeout = PATIENCE_MS } = values;
  const port = values.port ?? defaultPort(tls);
  const label = `mail by way of ${host}:${port}`;
  const message = await messageOf(values, event);
  const transport = createTransport({
    host,
    port,
    ...TLS[tls],
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableUrlAccess: true,
  });
  try {
    const ended = unlessEnded(signal, timeout, label);
    const sent = await Promise.race([transport.sendMail(message), ended.over]).finally(ended.clear);
    output('message-id', sent.messageId);
    output('accepted', sent.accepted.length);
    output('rejected', sent.rejected.length);
    if (sent.rejected.length > 0) {
      const refused = sent.rejected.map(String).join(', ');
      throw new Failure(`${label}: it was sent, but not to ${refused}: refused by the server`);
    }
    const count = sent.accepted.length;
    say(`${label}: sent to ${count} ${count === 1 ? 'address' : 'addresses'}`);
  } catch (error) {
    throw explain(label, error, tls);
  } finally {
    transport.close();
  }
};

async function messageOf(values: MailValues, event: RunEvent | undefined): Promise<SendMailOptions> {
  const { from, to, cc, bcc, html, attachments = [] } = values;
  const text = values.text ?? (html === undefined && event !== undefined ? eventText(event) : undefined);
  await checkAttachments(attachments);
  const list = (addresses: readonly string[] | undefined): string[] => [...(addresses ?? [])];
  return {
    from,
    to: list(to),
    cc: list(cc),
    bcc: list(bcc),
    replyTo: list(values['reply-to']),
    subject: values.subject ?? (event === undefined ? '' : eventTitle(event)),
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    attachments: attachments.map(({ path, name = basename(path), type }) => ({
      path,
      filename: name,
      ...(type === undefined ? {} : { contentType: type }),
    })),
    // Out-of-office replies to machines help nobody.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

async function checkAttachments(attachments: readonly { readonly path: string }[]): Promise<void> {
  let total = 0;
  for (const { path } of attachments) {
    const found = await stat(path).catch((error: unknown) => {
      const code = systemCode(error);
      throw new Failure(
        `the attachment ${path} ${code === 'ENOENT' ? 'does not exist' : `cannot be read: ${code}`}`,
      );
    });
    if (!found.isFile()) throw new Failure(`the attachment ${path} is no file`);
    total += found.size;
    if (total > MAX_ATTACHED_BYTES) throw new Failure('the attachments are larger than 25 MiB');
  }
}

/** Limits the whole conversation: the library's own limits begin anew with each answer. */
function unlessEnded(
  signal: AbortSignal,
  limitMs: number,
  label: string,
): { over: Promise<never>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const late = new Failure(`${label}: not done within ${limitMs} ms`, EXIT.temporary);
    timer = setTimeout(() => reject(late), limitMs);
    signal.addEventListener('abort', () => reject(new Failure(`${label}: stopped`)), { once: true });
  });
  return { over, clear: () => clearTimeout(timer) };
}

type SmtpError = Error & {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
};

function explain(label: string, error: unknown, tls: TlsMode): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return networkFailure(label, error);
  const { code, responseCode, response } = error as SmtpError;
  const said = response === undefined ? '' : `: ${response}`;
  if (code === 'EAUTH')
    return new Failure(`${label}: the login was refused${said}`, exitOf(responseCode), error);
  if (code === 'ETLS' && tls === 'starttls') {
    const hint = 'write tls: implicit for port 465, or tls: none for a server on this machine';
    const fine = networkFailure(label, error.cause ?? error);
    if (!/starttls|not supported|upgrad/i.test(error.message)) return fine;
    return new Failure(`${label}: no STARTTLS came about (${error.message}); ${hint}`, EXIT.refused, error);
  }
  if (responseCode !== undefined) {
    return new Failure(`${label}: the server refused the message${said}`, exitOf(responseCode), error);
  }
  if (code === 'ETIMEDOUT')
    return new Failure(`${label}: the server did not answer in time`, EXIT.temporary, error);
  return networkFailure(label, error);
}

/** Answers that begin with 4 are temporary. */
function exitOf(responseCode = 0): number {
  return responseCode >= 400 && responseCode < 500 ? EXIT.temporary : EXIT.refused;
}
