/** One logger for the process: lines for people on a terminal, JSON for machines otherwise. */
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

export type { Logger };

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const OWN = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name', 'err']);

export function createLog(level: string, node: string, readable: boolean): Logger {
  // Synchronous: the last lines before an end are the ones that matter.
  if (!readable) return pino({ level, name: node }, pino.destination({ fd: 1, sync: true }));
  return pino({ level, name: node }, forPeople(process.stdout));
}

function forPeople(target: Writable): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n')) if (line !== '') target.write(`${readableLine(line)}\n`);
      done();
    },
  });
}

function readableLine(line: string): string {
  const entry: Record<string, unknown> = JSON.parse(line);
  const time = new Date(Number(entry.time)).toTimeString().slice(0, 8);
  const level = LEVELS[Number(entry.level)] ?? String(entry.level);
  const extra = Object.entries(entry)
    .filter(([key]) => !OWN.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  const error = entry.err as { message?: string } | undefined;
  return `${time} ${level.padEnd(5)} ${entry.name}: ${entry.msg ?? ''}${extra}${error?.message ? ` (${error.message})` : ''}`;
}
