// Measurements with a browser; see bench/long-log.
import base from './playwright.config';

export default { ...base, testMatch: '*.bench.ts', timeout: 1_800_000 };
