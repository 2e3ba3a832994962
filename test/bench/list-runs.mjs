/**
 * How long it takes to list the newest runs of a long history, as whole processes against one with nothing to list:
 * node test/bench/list-runs.mjs [RUNS]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateHistory } from './generate-history.mjs';
import { bundleSource } from './load-source.mjs';

const ROUNDS = 15;
const directory = mkdtempSync(join(tmpdir(), 'supertask-bench-'));
const root = join(directory, 'state');
const runs = Number(process.argv[2] ?? 1_000_000);
await generateHistory(root, runs);
const script = join(directory, 'list.mjs');
const store = await bundleSource('store/file/store.ts', directory);
writeFileSync(
  script,
  `import { createFileStore } from '${store}';
const [, , root, call] = process.argv;
const answer = await eval('(store) => ' + call)(createFileStore({ root, version: '0.0.0' }));
process.stdout.write(JSON.stringify(answer.slice(0, 20)));`,
);

const cases = {
  'nothing to list': ['/nonexistent', 'store.runs({limit:20})'],
  'newest 20': [root, 'store.runs({limit:20})'],
  "a job's newest 20": [root, "store.runs({limit:20,job:'job-7'})"],
  "a seldom job's newest 20": [root, "store.runs({limit:20,job:'seldom'})"],
  "a job's only run, the oldest": [root, "store.runs({limit:20,job:'rare'})"],
  'a job that never ran': [root, "store.runs({limit:20,job:'none'})"],
  'newest 20 that failed': [root, "store.runs({limit:20,status:['failed']})"],
  'since an hour before the end': [
    root,
    `store.runs({limit:20,since:new Date(${Date.UTC(2025, 10, 1) + runs * 60 - 3.6e6})})`,
  ],
  'by prefix of an id': [root, "store.runs({limit:2,idPrefix:'019a3cc6-d'})"],
  jobs: [root, "store.jobs('bench')"],
  namespaces: [root, 'store.namespaces()'],
};
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, words] of Object.entries(cases)) {
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync(process.execPath, [script, ...words], { env });
    if (status !== 0) throw new Error(String(stderr));
    times[name].push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
const median = (values) => [...values].sort((left, right) => left - right)[values.length >> 1];
const floor = median(times['nothing to list']);
for (const [name, values] of Object.entries(times)) {
  const ms = median(values);
  console.log(`${name.padEnd(32)} ${ms.toFixed(1).padStart(8)} ms  ${(ms / floor).toFixed(2)} ×`);
}
rmSync(directory, { recursive: true });
