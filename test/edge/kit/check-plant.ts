/** A machine and cameras that a configuration is checked against: some as the good file has them, some as they must not be. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessLevelFlag, DataType, makeEUInformation, type Namespace, type UAObject } from 'node-opcua';
import sharp from 'sharp';

const READ = AccessLevelFlag.CurrentRead;
const WRITE = AccessLevelFlag.CurrentRead | AccessLevelFlag.CurrentWrite;

const VALUES: [string, DataType, string | number | boolean, number?][] = [
  ['State', DataType.String, 'Execute'],
  ['Temperature', DataType.Double, 21.5],
  ['TemperatureText', DataType.String, '21,5 °C'],
  ['Counter', DataType.UInt32, 7],
  ['CounterByte', DataType.Byte, 7],
  ['CounterFraction', DataType.Double, 7.5],
  ['Confirm', DataType.UInt32, 3],
  ['Name', DataType.String, 'part 7'],
  ['Flag', DataType.Boolean, false],
  ['Enabled', DataType.Boolean, true],
  ['EnabledNumber', DataType.UInt16, 1],
  ['Command', DataType.Boolean, false, WRITE],
  ['CommandNumber', DataType.UInt16, 0, WRITE],
  ['Locked', DataType.Boolean, false],
  ['Stop', DataType.Boolean, false, WRITE],
  ['Deadline', DataType.UInt32, 0, WRITE],
  ['SpeedPerHour', DataType.Double, 18_000],
];
const UNITS: [string, number, string][] = [
  ['Encoder', 1_000, 'mm'],
  ['EncoderMetres', 1, 'm'],
  ['BeltSpeed', 300, 'mm/s'],
  ['Speed', 120, '1/min'],
  ['SpeedUnknown', 120, 'Takte'],
];
/** Of the one that moves. */
const MM_PER_S = 2_000;
const TICK_MS = 20;
const HOUR_MS = 3_600_000;

/** Answers what stops those that change. */
export function addNodes(namespace: Namespace, parent: UAObject): () => void {
  for (const [browseName, dataType, value, accessLevel = READ] of VALUES) {
    namespace.addVariable({
      browseName,
      nodeId: `s=${browseName}`,
      componentOf: parent,
      dataType,
      value: { dataType, value },
      accessLevel,
      userAccessLevel: accessLevel,
    });
  }
  for (const [browseName, value, unit] of UNITS) {
    namespace.addAnalogDataItem({
      browseName,
      componentOf: parent,
      dataType: 'Double',
      engineeringUnits: makeEUInformation(unit, unit, unit),
      engineeringUnitsRange: { low: 0, high: 1e9 },
      value: { dataType: DataType.Double, value },
    });
  }
  namespace.addVariable({
    browseName: 'SlowEncoder',
    componentOf: parent,
    dataType: 'Double',
    value: { dataType: DataType.Double, value: 0 },
    minimumSamplingInterval: 250,
  });
  const ahead = namespace.addVariable({ browseName: 'Ahead', componentOf: parent, dataType: 'String' });
  const value = { dataType: DataType.String, value: 'B-1' };
  ahead.setValueFromSource(value, undefined, new Date(Date.now() + HOUR_MS));
  const moving = namespace.addVariable({ browseName: 'MovingEncoder', componentOf: parent, dataType: 'Double' });
  const sinceMs = performance.now();
  const move = () => {
    const mm = ((performance.now() - sinceMs) * MM_PER_S) / 1_000;
    moving.setValueFromSource({ dataType: DataType.Double, value: mm });
  };
  move();
  const timer = setInterval(move, TICK_MS);
  return () => clearInterval(timer);
}

export interface CheckCameras extends AsyncDisposable {
  url: string;
}

/** `/live` gives a new image each time, `/frozen` always the same, `/changing` one of another size each time, other paths none. */
export async function startCameras(): Promise<CheckCameras> {
  let given = 0;
  const image = (width: number, shade: number) =>
    sharp({ create: { width, height: 48, channels: 3, background: { r: shade, g: 0, b: 0 } } })
      .png()
      .toBuffer();
  const server = createServer(async (request, response) => {
    given = (given + 1) % 200;
    const size = request.url === '/changing' ? 64 + 8 * (given % 2) : 64;
    if (['/live', '/changing'].includes(request.url ?? '')) response.end(await image(size, given));
    else if (request.url === '/frozen') response.end(await image(size, 0));
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
