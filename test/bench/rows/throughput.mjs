import { AT_ONCE, measureThroughput } from '../throughput.mjs';

export const name = 'runs per second, journalled and captured';
export const budget = 'at least 0.8 × a spawn loop in Node with as many at a time';

export const measure = () => measureThroughput(AT_ONCE);
