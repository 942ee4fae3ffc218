/** `npm run prove -- [NAME] [--json] [--seed N] [--n N]`: one proof, or all; the last line is one JSON object. */
import { fileURLToPath } from 'node:url';
import { runProofs } from './kit/run-proofs.ts';

await runProofs(import.meta.dirname, fileURLToPath(import.meta.url), process.argv.slice(2));
