/** Put in by the build from package.json. */
declare const SUPERTASK_VERSION: string | undefined;

/** The version of supertask that runs; `0.0.0` where it was not built. */
export const VERSION: string = typeof SUPERTASK_VERSION === 'string' ? SUPERTASK_VERSION : '0.0.0';
