/** The manual page, for the build. */
import type { Command } from 'commander';
import { VERSION } from '../../app/version.js';
import { manPage } from '../man.js';
import { createStreams } from '../streams.js';

export async function manCommand(program: Command): Promise<void> {
  const streams = createStreams();
  await streams.write('stdout', manPage(program, VERSION));
  await streams.flush();
}
