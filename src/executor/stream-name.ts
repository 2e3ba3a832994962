/** How programs call their streams by name, as in `echo … > /dev/stderr`. */

const NAMED = /\/dev\/(?:std(?:out|err)|fd\/[12])|\/proc\/self\/fd\/[12]/;

/** Whether a text speaks of its streams by name, and so needs real pipes. */
export function namesStreams(text: string): boolean {
  return NAMED.test(text);
}
