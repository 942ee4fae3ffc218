/**
 * The edge node as a process: `node edge/main.ts --config FILE [--check | --report [--json] | --dead-letters | --retry-dead-letters]`. Exit 0
 * after a wished stop or when all is well, 1 on a fault, 2 on a mistake of configuration; `--report`: 1 with values to change, 2 with
 * nothing measured.
 */
import { parseArgs } from 'node:util';
import { checkNode } from './check.ts';
import { ConfigError } from './config/mistake.ts';
import { hasParent, type ReadConfig, readConfig } from './config.ts';
import { retryDeadLetters, showDeadLetters } from './dead-letters.ts';
import { collectLessOften } from './heap.ts';
import { createLog, type Logger } from './log.ts';
import { type MetricsServer, startMetrics } from './metrics.ts';
import { whyNotWritable } from './node/writable-home.ts';
import { startEdgeNode } from './node.ts';
import { showReport } from './report/show-report.ts';
import { PlanError } from './uplink/node-plan.ts';

const USAGE =
  'usage: npm run edge -- --config FILE [--check | --report [--json] | --dead-letters | --retry-dead-letters] [--json-log]';
const STOP_MS = 5_000;
const EXIT_FAULT = 1;
const EXIT_MISTAKE = 2;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      check: { type: 'boolean' },
      report: { type: 'boolean' },
      json: { type: 'boolean' },
      'dead-letters': { type: 'boolean' },
      'retry-dead-letters': { type: 'boolean' },
      'json-log': { type: 'boolean' },
    },
  });
  if (values.config === undefined) throw new ConfigError(`--config is missing; ${USAGE}`);
  const read = readConfig(values.config);
  const { config } = read;
  if (values.report) {
    process.exitCode = await showReport(read, values.config, (line) => console.log(line), values.json === true);
    return;
  }
  if (values['dead-letters']) return showDeadLetters(config.home, (line) => console.log(line));
  if (values['retry-dead-letters']) return retryDeadLetters(config, (line) => console.log(line));
  const log = createLog(values.check ? 'silent' : config.logLevel, config.node, values['json-log'] !== true);
  if (!values.check) return await serve(read, log);
  const isWell = await checkNode(read, log, (line) => console.log(line));
  process.exit(isWell ? 0 : EXIT_FAULT);
}

async function serve({ config, describe }: ReadConfig, log: Logger): Promise<void> {
  const reason = await whyNotWritable(config.home);
  if (reason !== undefined) throw new ConfigError(describe({ path: ['home'], message: reason }));
  collectLessOften();
  const starting = new AbortController();
  const stopped = Promise.withResolvers<string>();
  onEndOfLife((reason) => {
    starting.abort();
    stopped.resolve(reason);
  });
  const node = await startEdgeNode(config, log, starting.signal).catch((error) => {
    if (starting.signal.aborted) process.exit(0);
    throw error;
  });
  let metrics: MetricsServer | undefined;
  if (config.metrics) {
    metrics = await startMetrics(config.metrics, node.view, node.meters);
    log.info(`metrics at http://${config.metrics.host}:${metrics.port}/metrics`);
  }
  void node.ready.then(() => {
    if (!starting.signal.aborted) process.stdout.write(`edge ready ${config.node}\n`);
  });

  const fault = await Promise.race([stopped.promise, node.broken]);
  if (fault instanceof Error) {
    log.fatal({ err: fault.cause ?? fault }, fault.message);
    process.exit(EXIT_FAULT);
  }
  log.info(`stopping: ${fault}`);
  setTimeout(() => {
    log.error(`not stopped within ${STOP_MS} ms; what is not finished stays with its source`);
    process.exit(EXIT_FAULT);
  }, STOP_MS).unref();
  await metrics?.stop();
  await node.stop();
  log.info('stopped');
  process.exit(0);
}

function onEndOfLife(end: (reason: string) => void): void {
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => {
    // Started by `npm start`: its parent decides, a Ctrl+C reaches the whole group.
    if (!hasParent()) end('SIGINT');
  });
  if (process.connected) process.on('disconnect', () => end('the parent is gone'));
}

main().catch((error: unknown) => {
  const isMistake = error instanceof ConfigError || error instanceof PlanError;
  console.error(isMistake || error instanceof Error ? (error as Error).message : String(error));
  process.exit(isMistake || isUsage(error) ? EXIT_MISTAKE : EXIT_FAULT);
});

function isUsage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
