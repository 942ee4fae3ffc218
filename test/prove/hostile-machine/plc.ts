/** The controller of a line: an OPC UA server whose signals show the belt, as well as the switches of the moment let them. */
import {
  DataType,
  DataValue,
  type StatusCode,
  StatusCodes,
  Subscription,
  type UAVariable,
  Variant,
  type VariantLike,
} from 'node-opcua';
import { startOpcuaServer, type TestServer } from '../../edge/kit/opcua-server.ts';
import { clockShiftMs } from '../../plant/clock.ts';
import { type MachinePlan, type Switches, steadyMs } from './machine-messages.ts';

export type SignalName =
  | 'Counter'
  | 'Edge'
  | 'PartId'
  | 'Encoder'
  | 'Speed'
  | 'Ejected'
  | 'Enabled'
  | 'Job'
  | 'Batch'
  | 'State'
  | 'Humidity'
  | 'Command';

const NAMES: readonly SignalName[] = [
  'Counter',
  'Edge',
  'PartId',
  'Encoder',
  'Speed',
  'Ejected',
  'Enabled',
  'Job',
  'Batch',
  'State',
  'Humidity',
];
/** A controller with narrow limits. */
const LIMITS = {
  subscriptions: 1,
  maxMonitoredItemsPerCall: 3,
  maxNodesPerTranslateBrowsePathsToNodeIds: 4,
  maxNodesPerRead: 5,
  maxNodesPerBrowse: 5,
};
const COMMAND_SAMPLING_MS = 10;
const BOOLEANS: ReadonlySet<SignalName> = new Set(['Edge', 'Enabled']);
const CONTEXT: ReadonlySet<SignalName> = new Set(['Job', 'Batch']);

interface Shown {
  value: VariantLike;
  atMs: number;
  isBad: boolean;
}

export interface Plc {
  readonly endpoint: string;
  readonly port: number;
  /** The signal has this value since then, by the computer's clock. */
  show(signal: SignalName, value: VariantLike, atMs: number, isBad?: boolean): void;
  /** The nodes go and come again under the same names, as after a program was loaded. */
  recreateNodes(): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPlc(
  plan: MachinePlan,
  switches: () => Switches,
  commanded: (isOn: boolean) => void,
): Promise<Plc> {
  const shown = new Map<SignalName, Shown>();
  const variables = new Map<SignalName, UAVariable>();
  let generation = 0;
  let isOn = false;
  let server = await start(0);

  return {
    get endpoint() {
      return server.endpoint;
    },
    get port() {
      return server.port;
    },
    show(signal, value, atMs, isBad = false) {
      shown.set(signal, { value, atMs, isBad });
      publish(signal);
    },
    recreateNodes() {
      for (const variable of variables.values()) server.namespace.deleteNode(variable.nodeId);
      variables.clear();
      generation++;
      addNodes(server);
      for (const signal of shown.keys()) publish(signal);
    },
    async restart() {
      const { port } = server;
      await server.stop();
      variables.clear();
      isOn = false;
      commanded(false);
      server = await start(port);
      for (const signal of shown.keys()) publish(signal);
    },
    stop: () => server.stop(),
  };

  async function start(port: number): Promise<TestServer> {
    const started = await startOpcuaServer({
      pki: plan.pki,
      port,
      offers: 'none',
      ...(plan.isLimited ? { limits: LIMITS } : {}),
    });
    addNodes(started);
    return started;
  }

  function addNodes({ namespace, folder }: TestServer): void {
    for (const browseName of NAMES) {
      const isMute = browseName === 'Humidity';
      variables.set(
        browseName,
        namespace.addVariable({
          browseName,
          nodeId: `s=${browseName}.${generation}`,
          componentOf: folder,
          // Any type: a program that was changed may show another.
          dataType: BOOLEANS.has(browseName) ? DataType.Boolean : 'BaseDataType',
          // 0: every change is told, however fast they follow each other.
          minimumSamplingInterval: isMute ? 50 : 0,
          ...(isMute ? { value: { timestamped_get: readHumidity } } : {}),
        }),
      );
    }
    variables.set(
      'Command',
      namespace.addVariable({
        browseName: 'Command',
        nodeId: `s=Command.${generation}`,
        componentOf: folder,
        dataType: DataType.Boolean,
        minimumSamplingInterval: COMMAND_SAMPLING_MS,
        value: { timestamped_get: readCommand, timestamped_set: takeCommand },
      }),
    );
  }

  function readHumidity(callback: (error: Error | null, value?: DataValue) => void): void {
    if (switches().isMute) return;
    callback(null, dataValueOf({ dataType: DataType.Double, value: 40 }));
  }

  function readCommand(): DataValue {
    return dataValueOf({ dataType: DataType.Boolean, value: isOn });
  }

  function takeCommand(written: DataValue, callback: (error: Error | null, status?: StatusCode) => void): void {
    const { writes } = switches();
    if (writes === 'hung') return;
    if (writes === 'taken') {
      isOn = written.value.value === true;
      commanded(isOn);
    }
    callback(null, writes === 'denied' ? StatusCodes.BadUserAccessDenied : StatusCodes.Good);
  }

  function dataValueOf(value: VariantLike): DataValue {
    const now = stampOf(steadyMs());
    return new DataValue({ value: new Variant(value), sourceTimestamp: now, serverTimestamp: now });
  }

  function publish(signal: SignalName): void {
    const variable = variables.get(signal);
    const entry = shown.get(signal);
    if (!variable || !entry) return;
    const { encoderStampedBackMs, contextStampedBackMs } = switches();
    const isBelt = signal === 'Encoder' || signal === 'Speed';
    const backMs = isBelt ? encoderStampedBackMs : CONTEXT.has(signal) ? contextStampedBackMs : 0;
    const status = entry.isBad ? StatusCodes.BadSensorFailure : StatusCodes.Good;
    try {
      variable.setValueFromSource(new Variant(entry.value), status, stampOf(entry.atMs - backMs));
    } catch (error) {
      // node-opcua asserts, without a message, that what overflows the queue of a client that does not listen is good; a controller drops it.
      if (!(error instanceof Error) || error.message !== '') throw error;
    }
  }
}

/** As the controller's own clock shows it. */
function stampOf(atMs: number): Date {
  return new Date(atMs + clockShiftMs());
}

/** Of subscriptions that are made from now on; all servers of this process. */
export function grantAtLeast(publishingMs: number): void {
  Subscription.minimumPublishingInterval = publishingMs;
}
