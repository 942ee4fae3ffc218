/** The gates of the node's stations: each station with a trigger has its parts tracked, with or without a gate. */
import { join } from 'node:path';
import { signalNames } from '../config/machine-config.ts';
import type { EdgeConfig } from '../config.ts';
import type { Machine } from '../devices/device.ts';
import { reportFile } from '../gate/report-keeper.ts';
import { openStationGate, type StationGate } from '../gate/station-gate.ts';
import type { Logger } from '../log.ts';
import { inspectionId } from '../pipeline/inspection-id.ts';
import { type NodePlan, PlanError } from '../uplink/node-plan.ts';
import type { Outbox } from '../uplink/outbox.ts';

export interface GateSurroundings {
  config: EdgeConfig;
  outbox: Outbox;
  /** By line. */
  machines: ReadonlyMap<string, Machine>;
  log: Logger;
}

/** By `LINE/STATION`. Rejects when the plan does not know a station, or the counts of before cannot be read. */
export async function startGates(
  plan: NodePlan,
  { config, outbox, machines, log }: GateSurroundings,
): Promise<Map<string, StationGate>> {
  const gates = new Map<string, StationGate>();
  /** Which node each station commands, with the machine that has it. */
  const commandNodes = new Map<string, string>();
  for (const { line, station, trigger, gate, cameras } of config.stations) {
    const machine = machines.get(line);
    if (!trigger || !machine) continue;
    const [lineId, stationId] = [plan.lineIds[line], plan.stationIds[`${line}/${station}`]];
    if (lineId === undefined || stationId === undefined) {
      throw new PlanError(`station ${line}/${station} is not in the plan that this node has; it needs the server once`);
    }
    const machineConfig = config.machines.find((entry) => entry.line === line);
    const names = machineConfig ? signalNames(machineConfig) : [];
    const known = (name: string) => (names.includes(name) ? name : undefined);
    const cameraIds = Object.fromEntries(
      plan.cameras
        .filter((planned) => planned.line === line && planned.station === station)
        .map((planned) => [planned.camera, planned.cameraId]),
    );
    const opened = await openStationGate({
      settings: { cameras: cameras.map(({ camera }) => camera), trigger, gate },
      lineId,
      stationId,
      cameraIds,
      machine,
      jobSignal: known('jobCode'),
      stateSignal: known('machineState'),
      otherAt: (node) => otherAt(`${line}/${station}`, node && `${machineConfig?.endpoint} ${node}`),
      countFile: join(config.home, 'gate', line, `${station}.json`),
      reportFile: reportFile(config.home, line, station),
      outbox,
      newId: inspectionId,
      warn: (message) => log.warn({ line, station }, message),
      tell: (message) => log.info({ line, station }, message),
    });
    gates.set(`${line}/${station}`, opened);
  }
  return gates;

  /** The station that commands the same node, if there is one. */
  function otherAt(name: string, node: string | undefined): string | undefined {
    if (node === undefined) commandNodes.delete(name);
    else commandNodes.set(name, node);
    return [...commandNodes].find(([other, at]) => other !== name && at === node)?.[0];
  }
}
