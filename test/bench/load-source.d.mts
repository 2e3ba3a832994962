/** @returns Path of a bundle of `src/<file>`, for a plain Node program. */
export function bundleSource(file: string): Promise<string>;
