/**
 * `npm run bench [-- WORD…]`: what things cost, as ratios against a floor measured in the same run.
 *
 * Each module in `rows/` is one line of the table. It exports `name`, `budget` (in words) and `measure()`, which
 * answers `{ours, floor, unit, atMost?, atLeast?, notes?}`; without a limit the row is for information. With words, only
 * rows with one of them in their name are measured. `ROUNDS=200` measures longer.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const words = process.argv.slice(2);
const directory = join(import.meta.dirname, 'rows');
const rows = await Promise.all(
  readdirSync(directory)
    .filter((file) => file.endsWith('.mjs'))
    .sort()
    .map((file) => import(join(directory, file))),
);
const width = Math.max(...rows.map((row) => row.name.length));

for (const row of rows) {
  if (words.length > 0 && !words.some((word) => row.name.includes(word))) continue;
  const result = await row.measure().catch((error) => error);
  if (result instanceof Error) {
    console.log(`${row.name.padEnd(width)}  cannot be measured: ${result.message}`);
    process.exitCode = 1;
    continue;
  }
  const ratio = result.ours / result.floor;
  const figures = `${result.ours.toFixed(1)} / ${result.floor.toFixed(1)} ${result.unit}`;
  console.log(
    `${row.name.padEnd(width)}  ${ratio.toFixed(2).padStart(6)}  ${figures.padEnd(22)}  ${verdict(ratio, result).padEnd(5)} ${row.budget}`,
  );
  for (const note of result.notes ?? []) console.log(`  ${note}`);
}

function verdict(ratio, { atMost = Infinity, atLeast = 0 }) {
  if (atMost === Infinity && atLeast === 0) return '-';
  return ratio <= atMost && ratio >= atLeast ? 'ok' : 'over';
}
