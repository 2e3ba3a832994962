/** Questions that are asked by POST and change nothing, such as what a schedule means. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, change } from './client.js';
import type { Json } from './record.js';

export type Answered<Answer> = {
  readonly answer: Answer | undefined;
  readonly error: ApiError | undefined;
  readonly isAsking: boolean;
};

const NOTHING = { answer: undefined, error: undefined, isAsking: false };

/**
 * Ask once the fingers rest; what was answered before stays until then.
 *
 * @param body - Undefined asks for nothing.
 */
export function useAnswer<Answer>(
  apiPath: string,
  body: Json | undefined,
  { delayMs = 0 } = {},
): Answered<Answer> {
  const [answered, setAnswered] = useState<Answered<Answer>>(NOTHING);
  const asked = body === undefined ? undefined : JSON.stringify(body);
  useEffect(() => {
    if (asked === undefined) {
      setAnswered(NOTHING);
      return;
    }
    let isLeft = false;
    setAnswered((before) => ({ ...before, isAsking: true }));
    const timer = setTimeout(async () => {
      const found = await change<Answer>(apiPath, { body: JSON.parse(asked) as Json }).then(
        (answer) => ({ answer, error: undefined, isAsking: false }),
        (cause) => ({
          answer: undefined,
          error: cause instanceof ApiError ? cause : new ApiError(String(cause), { status: 0 }),
          isAsking: false,
        }),
      );
      if (!isLeft) setAnswered(found);
    }, delayMs);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [apiPath, asked]);
  return answered;
}
