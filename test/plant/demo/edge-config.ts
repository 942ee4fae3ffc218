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
    machines: settings.lines.map((line) => ({
      line: line.code,
      endpoint: settings.machineEndpoint,
      namespaces: { P: PACKML, V: VENDOR },
      signals: machineSignals(line.code),
    })),
    stations: settings.lines.map((line) => ({
      station: STATION_CODE,
      line: line.code,
      cameras: [{ camera: CAMERA_CODE, source: { kind: 'folder', path: settings.spool(line), capture: 'mtime' } }],
    })),
  };
  writeFileSync(file, stringify(config));
}

function machineSignals(line: string): Record<string, { path: string; unit?: string }> {
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
    encoderMm: { path: `${unit}/V:Process/V:EncoderPosition`, unit: 'mm' },
  };
}
