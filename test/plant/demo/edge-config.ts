/** Writes the edge node's configuration for this start: the machine's port is new each time, everything else is stable. */
import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { CAMERA_CODE, type DemoLine, NODE_CODE, STATION_CODE } from './setup-plant.ts';

export interface EdgeSettings {
  serverUrl: string;
  home: string;
  machineEndpoint: string;
  signingKeys: readonly string[];
  lines: readonly DemoLine[];
  spool: (line: DemoLine) => string;
}

const PACKML = 'http://opcfoundation.org/UA/PackML/';
const VENDOR = 'urn:lehr:plant:bottle-line';

export function writeEdgeConfig(file: string, settings: EdgeSettings): void {
  const config = {
    node: NODE_CODE,
    home: settings.home,
    server: { url: settings.serverUrl },
    trust: { modelSigningKeys: [...settings.signingKeys] },
    machines: settings.lines.map((line) => machineOf(line.code, settings.machineEndpoint)),
    stations: settings.lines.map((line) => ({
      station: STATION_CODE,
      line: line.code,
      cameras: [{ camera: CAMERA_CODE, source: { kind: 'folder', path: settings.spool(line), capture: 'mtime' } }],
      ...TRIGGER_AND_GATE,
    })),
  };
  writeFileSync(file, stringify(config));
}

/** The entry of a simulated machine's line. */
export function machineOf(line: string, endpoint: string) {
  return {
    line,
    endpoint,
    security: { mode: 'SignAndEncrypt', policy: 'Basic256Sha256' },
    namespaces: { P: PACKML, V: VENDOR },
    signals: machineSignals(line),
  };
}

/** As a fitter has measured it on the simulated line. */
const GATE = {
  mode: 'active',
  distanceMm: 1_200,
  toleranceMm: 45,
  // Bottles stand 150 mm apart, up to 12 mm off their places.
  partPitchMm: 126,
  maxSpeedMmPerS: 700,
  encoderSignal: 'encoderMm',
  // The valve takes 12 ms, the way over the network the rest.
  leadMs: 20,
  commandSignal: 'gateCommand',
  confirm: { signal: 'gateConfirmCount', kind: 'counter', windowMs: 180 },
  enabledSignal: 'gateEnabled',
  lineStopSignal: 'lineStopRequest',
};

/** Of the station on a simulated line. */
export const TRIGGER_AND_GATE = {
  trigger: { signal: 'partCounter', kind: 'counter', partIdSignal: 'partId' },
  gate: GATE,
};

interface Signal {
  path: string;
  unit?: string;
  fast?: true;
}

function machineSignals(line: string): Record<string, Signal> {
  const unit = `/Objects/P:PackMLObjects/V:${line}`;
  return {
    machineState: { path: `${unit}/V:Process/V:StateName` },
    machineMode: { path: `${unit}/P:Status/P:UnitModeCurrent` },
    speedPerMin: { path: `${unit}/P:Status/P:CurMachSpeed`, unit: '1/min' },
    productCode: { path: `${unit}/V:Process/V:Product` },
    recipeCode: { path: `${unit}/V:Process/V:Recipe` },
    batchCode: { path: `${unit}/V:Process/V:Batch` },
    jobCode: { path: `${unit}/V:Process/V:Job` },
    temperatureC: { path: `${unit}/V:Process/V:AmbientTemperature`, unit: '°C' },
    humidityPercent: { path: `${unit}/V:Process/V:AmbientHumidity`, unit: '%RH' },
    lightingPercent: { path: `${unit}/V:Process/V:LightingLevel`, unit: '%' },
    encoderMm: { path: `${unit}/V:Process/V:EncoderPosition`, unit: 'mm', fast: true },
    partCounter: { path: `${unit}/V:Process/V:PartCounter`, fast: true },
    partId: { path: `${unit}/V:Process/V:PartId`, fast: true },
    gateCommand: { path: `${unit}/V:Process/V:GateCommand` },
    gateConfirmCount: { path: `${unit}/V:Process/V:GateConfirmCount`, fast: true },
    gateEnabled: { path: `${unit}/V:Process/V:GateEnabled`, fast: true },
    lineStopRequest: { path: `${unit}/V:Process/V:LineStopRequest` },
  };
}
