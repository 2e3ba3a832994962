/** One timer for all that counts on the page: the server's time, by the second, while somebody looks. */
import { computed, signal } from '@preact/signals';
import { serverAheadMs } from '../api/client.js';

const ticked = signal(Date.now());

/** The server's time, at the start of a second of it. */
export const clock = computed(() => ticked.value + serverAheadMs.value);

/** The server's time, exactly. */
export function serverNow(): number {
  return Date.now() + serverAheadMs.peek();
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Just after each full second, so that all figures change together and none is left out. */
function tick(): void {
  ticked.value = Date.now();
  timer = setTimeout(tick, 1_005 - (Date.now() % 1_000));
}

function startOrStop(): void {
  clearTimeout(timer);
  if (!document.hidden) tick();
}

document.addEventListener('visibilitychange', startOrStop);
startOrStop();
