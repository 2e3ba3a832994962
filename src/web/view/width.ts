/** How wide an element is, as a hook: for what is drawn to the pixel. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** @returns In px; 0 before it was seen first. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const seen = element.current;
    if (seen === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(seen.clientWidth)));
    observer.observe(seen);
    setWidth(Math.floor(seen.clientWidth));
    return () => observer.disconnect();
  }, []);
  return width;
}
