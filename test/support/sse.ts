/** Reads server-sent events as a browser does. */
export type Told = { readonly id: string; readonly event: string; readonly data: unknown };

export type Listener = {
  /** All so far. */
  readonly told: readonly Told[];
  /** The id that a browser would go on from. */
  lastId(): string;
  /** The first event that fits, once it has come. */
  until(fits: (told: Told) => boolean): Promise<Told>;
  /** All, once so many fit. */
  count(fits: (told: Told) => boolean, many: number): Promise<readonly Told[]>;
  /** Settles when the answer has ended, or was cut off. */
  readonly ended: Promise<void>;
  leave(): Promise<void>;
};

export function listenTo(response: Response): Listener {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('there is no body');
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  let lastId = '';
  let isOver = false;
  const parser = createParser(
    (event) => told.push(event),
    (id) => {
      lastId = id;
    },
  );
  const read = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser(Buffer.from(value).toString('utf8'));
      for (const look of [...waiting]) look();
    }
  };
  const ended = read()
    .catch(() => {})
    .then(() => {
      isOver = true;
      for (const look of [...waiting]) look();
    });
  const wait = <Found>(look: () => Found | undefined): Promise<Found> =>
    new Promise((resolve, reject) => {
      const again = (): void => {
        const found = look();
        if (found === undefined && !isOver) return;
        waiting.delete(again);
        if (found === undefined) reject(new Error(`it ended after ${JSON.stringify(told)}`));
        else resolve(found);
      };
      waiting.add(again);
      again();
    });
  return {
    told,
    lastId: () => lastId,
    until: (fits) => wait(() => told.find(fits)),
    count: (fits, many) => wait(() => (told.filter(fits).length >= many ? told : undefined)),
    ended,
    async leave() {
      await reader.cancel().catch(() => {});
      await ended;
    },
  };
}

function createParser(tell: (event: Told) => void, setId: (id: string) => void): (text: string) => void {
  let rest = '';
  let id = '';
  return (text) => {
    rest += text;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      let event = 'message';
      let data: string | undefined;
      for (const line of block.split('\n')) {
        const [, name = '', value = ''] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
        if (name === 'id') id = value;
        if (name === 'event') event = value;
        if (name === 'data') data = value;
      }
      setId(id);
      if (data !== undefined) tell({ id, event, data: JSON.parse(data) });
    }
  };
}
