/**
 * An OPC UA server whose signals change every 50 ms: `node signal-server.ts PKI SHIFT_MS`. Prints its address, then each change as
 * `change SIGNAL COUNT TIME`, the time by the computer's clock; its own clock and stamps are ahead of that by SHIFT_MS.
 * A line on its input sets its clock anew: that many milliseconds ahead. `late FROM TO` is a time in which it did not sample as it had promised: a busy computer let it wait.
 */
import { DataType, StatusCodes } from 'node-opcua';
import { startOpcuaServer } from '../../edge/kit/opcua-server.ts';
import { clockShiftMs, shiftClock } from '../../plant/clock.ts';

const [pki = '', shift = '0'] = process.argv.slice(2);
shiftClock(Number(shift));

const CHANGE_MS = 50;
const SAMPLING_MS = 10;
const LATE_MS = 2 * SAMPLING_MS;
const names = ['Product', 'Recipe'] as const;

const server = await startOpcuaServer({ pki, offers: 'none' });
for (const [index, browseName] of names.entries()) {
  const variable = server.namespace.addVariable({
    browseName,
    componentOf: server.folder,
    dataType: DataType.String,
    // 0: every change is told, however fast they follow each other.
    minimumSamplingInterval: index === 0 ? SAMPLING_MS : 0,
  });
  let count = 0;
  const change = () => {
    const at = new Date();
    variable.setValueFromSource({ dataType: DataType.String, value: String(count) }, StatusCodes.Good, at);
    process.stdout.write(`change ${browseName} ${count} ${at.getTime() - clockShiftMs()}\n`);
    count++;
  };
  change();
  // The two are half a step apart.
  setTimeout(() => setInterval(change, CHANGE_MS), (index * CHANGE_MS) / 2);
}

/** Sampled by the same kind of timer, in the same process. */
let sampledMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  const lateMs = nowMs - sampledMs;
  sampledMs = nowMs;
  const at = Date.now() - clockShiftMs();
  if (lateMs > LATE_MS) process.stdout.write(`late ${Math.floor(at - lateMs)} ${at}\n`);
}, SAMPLING_MS);

process.stdin.on('data', (line) => shiftClock(Number(line)));
process.stdout.write(`listening ${server.endpoint}\n`);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
