/** The part of js-yaml that is used here; it comes without types. */
declare module 'js-yaml' {
  export type Schema = { readonly name?: string };
  export const CORE_SCHEMA: Schema;
  /** @throws {Error} With line and column. */
  export function load(text: string, option: { readonly schema: Schema }): unknown;
  export function dump(
    value: unknown,
    option: { readonly schema: Schema; readonly lineWidth: number; readonly noRefs: boolean },
  ): string;
}
