/** Lists that come in pages: the first one is kept up to date, further ones are asked for when they are come to. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { ApiError, get } from './client.js';
import { type LiveEvent, onLiveEvent } from './live.js';
import { mergeFirst } from './merge-first.js';
import type { Page } from './record.js';
import { type Resource, useResource } from './resource.js';

export type Pages<Item> = Resource<readonly Item[]> & {
  readonly total: ReadonlySignal<number | undefined>;
  /** Ask for the next page, if there is one and it is not under way. */
  more(): void;
};

export type PagesOption<Item> = {
  readonly keyOf: (item: Item) => string;
  /** Which events make the first page be asked for again. */
  readonly touchedBy?: (event: LiveEvent) => boolean;
  /** What an event makes of an item, on whichever page; the same object where nothing changes. */
  readonly patch?: (item: Item, event: LiveEvent) => Item;
};

/** @param apiPath - With its filters and `limit`, without `cursor`. */
export function usePages<Item>(apiPath: string, option: PagesOption<Item>): Pages<Item> {
  const { keyOf, touchedBy, patch } = option;
  const first = useResource<Page<Item>>(apiPath, touchedBy === undefined ? {} : { touchedBy });
  const list = useMemo(() => createList(apiPath, keyOf), [first]);
  useEffect(() => {
    list.attend(true);
    return () => list.attend(false);
  }, [list]);
  useEffect(() => first.data.subscribe((page) => page && list.renew(page)), [list]);
  useEffect(() => onLiveEvent((event) => patch && list.patch((item) => patch(item, event))), [list]);
  // While a filter is typed, what was there stays until the next answer is.
  const before = useRef<readonly Item[]>(undefined);
  useEffect(
    () =>
      list.items.subscribe((items) => {
        before.current = items ?? before.current;
      }),
    [list],
  );
  return useMemo(
    () => ({
      data: computed(() => list.items.value ?? before.current),
      error: computed(() => first.error.value ?? list.error.value),
      loading: computed(() => first.loading.value || list.loading.value),
      total: computed(() => first.data.value?.total),
      refresh: first.refresh,
      more: list.more,
    }),
    [list],
  );
}

function createList<Item>(apiPath: string, keyOf: (item: Item) => string) {
  const items = signal<readonly Item[] | undefined>(undefined);
  const error = signal<ApiError | undefined>(undefined);
  const loading = signal(false);
  let next: string | null = null;
  let isLeft = false;

  const renew = (page: Page<Item>): void => {
    const known = items.peek() ?? [];
    // Where what is looked for is rare, a page may have nothing, and more behind it.
    const isGap = page.items.length === 0 && page.next !== null;
    const merged = isGap ? known : mergeFirst(known, page.items, keyOf);
    // With no page behind the first one, its own cursor is the right one.
    if (merged.length === page.items.length) next = page.next;
    items.value = merged;
    if (isGap && merged.length === 0) void more();
  };
  const patch = (change: (item: Item) => Item): void => {
    const known = items.peek();
    const changed = known?.map(change);
    if (changed?.some((item, at) => item !== known?.[at])) items.value = changed;
  };
  const more = async (): Promise<void> => {
    if (next === null || loading.peek() || isLeft) return;
    loading.value = true;
    let isGap = false;
    try {
      const page = await get<Page<Item>>(
        `${apiPath}${apiPath.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}`,
      );
      const known = new Set(items.peek()?.map(keyOf));
      items.value = [...(items.peek() ?? []), ...page.items.filter((item) => !known.has(keyOf(item)))];
      next = page.next;
      error.value = undefined;
      isGap = page.items.length === 0;
    } catch (cause) {
      error.value = cause instanceof ApiError ? cause : new ApiError(String(cause), { status: 0 });
    }
    loading.value = false;
    if (isGap) void more();
  };
  /** Whether somebody looks at it; nobody: it asks for nothing more. */
  const attend = (isAttended: boolean): void => {
    isLeft = !isAttended;
  };
  return { items, error, loading, renew, patch, more, attend };
}
