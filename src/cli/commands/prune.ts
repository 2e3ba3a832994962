/** `prune`: remove what is beyond the limits. */
import { prune } from '../../app/prune.js';
import { parseDuration } from '../../model/duration.js';
import { parseKeepRuns } from '../../model/keep.js';
import { formatSize, parseSize } from '../../model/size.js';
import { openReading } from '../reading.js';
import { named } from '../time-flags.js';

export async function pruneCommand(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const limit = (name: string, flag: string, parse: (text: string) => number): number | undefined => {
    const text = flags[name];
    return typeof text === 'string' ? named(flag, () => parse(text)) : undefined;
  };
  const limits = {
    runs: limit('keepRuns', '--keep-runs', parseKeepRuns),
    runAgeMs: limit('keepAge', '--keep-age', parseDuration),
    outputAgeMs: limit('keepOutputAge', '--keep-output-age', parseDuration),
    outputBytes: limit('keepBytes', '--keep-bytes', parseSize),
  };
  const reading = await openReading(flags);
  const dryRun = flags['dryRun'] === true;
  const pruned = await prune(reading.store, reading.namespace, limits, { now: new Date(), dryRun });
  if (reading.json) return reading.printJson({ dryRun, ...pruned });
  const { runs, files, bytes } = pruned;
  const what = `${runs} run${runs === 1 ? '' : 's'} and ${files} file${files === 1 ? '' : 's'} of output (${formatSize(bytes)})`;
  const text =
    runs + files === 0 ? 'nothing is beyond the limits' : `${dryRun ? 'would remove' : 'removed'} ${what}`;
  await reading.streams.write('stdout', `${text}\n`);
  await reading.streams.flush();
}
