/**
 * `npm run evaluate -- --data DIR [--seed N] [--json] [--scores FILE]`: trains on DIR/train/good, scores DIR/test and prints
 * the figures; the last line is JSON. `--json` prints nothing else; `--scores` writes one JSON line per test image.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type EvaluationRun, evaluateDataset } from '../modules/models/trainer/evaluate-dataset.ts';

const USAGE = 'npm run evaluate -- --data DIR [--seed N] [--json] [--scores FILE]';
/** The stated false-reject rate that thresholds are calibrated for. */
const FALSE_REJECT_TARGET = 0.05;

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => interrupted.abort(new Error(`ended by ${name}`)));
}

try {
  const { data, seed, json, scores } = readArguments();
  const showProgress = !json && process.stderr.isTTY;
  const run = await evaluateDataset({
    folder: data,
    seed,
    falseRejectTarget: FALSE_REJECT_TARGET,
    signal: interrupted.signal,
    ...(showProgress && { onProgress: show }),
  });
  if (showProgress) process.stderr.write('\n');
  if (scores) await writeFile(scores, run.scores.map((line) => `${JSON.stringify(line)}\n`).join(''));
  if (!json) printSummary(run);
  console.log(JSON.stringify(run.evaluation));
} catch (error) {
  console.error(`evaluate: ${(error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ')}`);
  process.exitCode = 1;
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      seed: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      scores: { type: 'string' },
    },
  });
  const { data, seed, json, scores } = values;
  if (data === undefined) throw new Error(`--data: no folder named; run ${USAGE}`);
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`--seed: "${seed}" is not a whole number from 0 to 999999999`);
  return { data, seed: Number(seed), json, scores };
}

function show(progress: number, step: string): void {
  process.stderr.write(`\r${(100 * progress).toFixed(0).padStart(3)} % ${step.padEnd(40)}`);
}

function printSummary({ evaluation, recall, training, graphMs }: EvaluationRun): void {
  const { calibration } = training.manifest;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const missing =
    calibration.imagesMissing > 0 ? `, ${calibration.imagesMissing} more good images needed to promise it` : '';
  console.log(
    `image AUROC ${evaluation.imageAuroc.toFixed(4)}, recall ${percent(evaluation.recallAt5)} at 5 % false rejects`,
  );
  console.log(
    `at the model's own threshold: recall ${percent(recall)}, false rejects ${percent(evaluation.falseRejectRate)}`,
  );
  console.log(
    `threshold by ${calibration.method} over ${calibration.images} images for ${percent(calibration.falseRejectTarget)} false rejects${missing}`,
  );
  console.log(
    `training ${training.metrics.seconds.toFixed(1)} s on ${training.metrics.images} images, artifact ${(training.bytes / 1e6).toFixed(2)} MB, graph ${graphMs.toFixed(1)} ms`,
  );
}
