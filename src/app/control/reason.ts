/** Why an engine ended that another terminal or program told to: `shutdown`. */
export const SHUTDOWN = 'shutdown';
