/** Where a text was found in an output. */
export type Found = {
  readonly isOn: boolean;
  /** Indices of lines that have it. */
  readonly at: readonly number[];
  readonly has: ReadonlySet<number>;
  readonly current: number;
  step(by: number): void;
};
