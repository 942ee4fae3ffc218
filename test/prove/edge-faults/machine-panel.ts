/** Somebody at the simulated machine's panel, over OPC UA: reads and sets its vendor nodes, holds the line and lets it go. */
import {
  AttributeIds,
  type ClientSession,
  DataType,
  LogLevel,
  makeBrowsePath,
  OPCUAClient,
  StatusCodes,
  setLogLevel,
} from 'node-opcua';

const PACKML = 'http://opcfoundation.org/UA/PackML/';
const VENDOR = 'urn:lehr:plant:bottle-line';

// node-opcua tells of certificates and clocks; what a proof breaks is looked at elsewhere.
setLogLevel(LogLevel.Error);

export interface MachinePanel {
  read(path: string): Promise<unknown>;
  set(path: string, value: boolean | number): Promise<void>;
  call(path: string): Promise<void>;
}

/** Each act is a connection of its own: the machine may have been killed since the last. Paths are below the unit, `V:` and `P:` its namespaces. */
export function createMachinePanel(endpoint: string, line: string): MachinePanel {
  const act = <T>(
    work: (session: ClientSession, find: (path: string) => Promise<string>) => Promise<T>,
  ): Promise<T> => {
    const client = OPCUAClient.create({
      endpointMustExist: false,
      connectionStrategy: { maxRetry: 5, initialDelay: 200, maxDelay: 1_000 },
    });
    return client.withSessionAsync(endpoint, async (session) => {
      const uris = await session.readNamespaceArray();
      const [p, v] = [uris.indexOf(PACKML), uris.indexOf(VENDOR)];
      return await work(session, async (path) => {
        const whole = `/Objects/P:PackMLObjects/V:${line}${path && `/${path}`}`
          .replaceAll('P:', `${p}:`)
          .replaceAll('V:', `${v}:`);
        const { targets } = await session.translateBrowsePath(makeBrowsePath('RootFolder', whole));
        const target = targets?.[0]?.targetId;
        if (!target) throw new Error(`the machine has no ${whole}`);
        return target.toString();
      });
    });
  };
  return {
    read: (path) =>
      act(
        async (session, find) =>
          (await session.read({ nodeId: await find(path), attributeId: AttributeIds.Value })).value.value,
      ),
    set: (path, value) =>
      act(async (session, find) => {
        const dataType = typeof value === 'boolean' ? DataType.Boolean : DataType.Double;
        const written = { value: { dataType, value } };
        const status = await session.write({
          nodeId: await find(path),
          attributeId: AttributeIds.Value,
          value: written,
        });
        if (status !== StatusCodes.Good) throw new Error(`${path} = ${value} is refused: ${status.name}`);
      }),
    call: (path) =>
      act(async (session, find) => {
        const owner = path.split('/').slice(0, -1).join('/');
        const call = { objectId: await find(owner), methodId: await find(path), inputArguments: [] };
        const { statusCode } = await session.call(call);
        if (statusCode !== StatusCodes.Good) throw new Error(`${path} is refused: ${statusCode.name}`);
      }),
  };
}

const EXECUTE = 'P:BaseStateMachine/P:MachineState/P:ExecuteState';
export const HOLD = `${EXECUTE}/P:Hold`;
export const UNHOLD = `${EXECUTE}/P:Unhold`;
