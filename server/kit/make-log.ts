/** The log's form: one line of JSON each for machines, one readable line each for people. To stderr; stdout is for what programs wait for. */
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

export function makeLog(form: 'json' | 'text', level: string): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return form === 'json' ? pino(options, pino.destination(2)) : pino(options, readable());
}

const names: Record<number, string> = { 20: 'debug', 30: 'info ', 40: 'warn ', 50: 'error', 60: 'fatal' };

function readable(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      process.stderr.write(`${toLine(chunk.toString('utf8'))}\n`, () => done());
    },
  });
}

interface Line {
  level: number;
  time: string;
  msg?: string;
  err?: { stack?: string; message?: string };
  [key: string]: unknown;
}

function toLine(json: string): string {
  const { level, time, msg = '', err, ...rest } = JSON.parse(json) as Line;
  const extra = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = [time.slice(11, 19), names[level] ?? level, msg, ...extra].join(' ');
  return err ? `${head}\n${err.stack ?? err.message ?? ''}` : head;
}
