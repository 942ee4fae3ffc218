/** `npm run bench -- [NAME] [--json] [--data DIR]`: one benchmark, or all; the last line is one JSON object. */
import { fileURLToPath } from 'node:url';
import { runBenches } from './kit/run-benches.ts';

await runBenches(import.meta.dirname, fileURLToPath(import.meta.url), process.argv.slice(2));
