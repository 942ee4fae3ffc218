/**
 * Preloaded into the node's process: writes to the file `LEHR_PROOF_WAITS` when the computer let the process wait, one JSON object a line.
 * What comes late then is not the node's fault.
 */
import { appendFileSync } from 'node:fs';
import { steadyMs } from './machine-messages.ts';

const LOOK_MS = 10;
const WAITED_MS = 50;

const file = process.env.LEHR_PROOF_WAITS;
// The node's own children are preloaded with it, too.
if (file !== undefined && process.argv[1]?.endsWith('edge/main.ts')) {
  let lookedMs = steadyMs();
  setInterval(() => {
    const nowMs = steadyMs();
    if (nowMs - lookedMs > WAITED_MS) appendFileSync(file, `${JSON.stringify({ fromMs: lookedMs, toMs: nowMs })}\n`);
    lookedMs = nowMs;
  }, LOOK_MS).unref();
}
