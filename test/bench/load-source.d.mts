/** @returns Path of a bundle of `src/<file>` in a directory, for a plain Node program. */
export function bundleSource(file: string, directory: string): Promise<string>;
