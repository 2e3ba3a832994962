import { measureThroughput } from '../throughput.mjs';

export const name = 'runs per second, beside a loop that waits for each process';
export const budget = 'at least 0.8 × a spawn loop in Node, one at a time';

export const measure = () => measureThroughput(1);
