/** Somebody at the machine: calls the PackML commands of a line over OPC UA, and breaks its gate. */
import {
  AttributeIds,
  type ClientSession,
  DataType,
  DataValue,
  makeBrowsePath,
  type NodeId,
  OPCUAClient,
  StatusCodes,
  Variant,
  VariantArrayType,
} from 'node-opcua';

const PACKML = 'http://opcfoundation.org/UA/PackML/';
const VENDOR = 'urn:lehr:plant:bottle-line';
const noParameters = new Variant({ dataType: DataType.ExtensionObject, arrayType: VariantArrayType.Array, value: [] });

/** Throws when the machine refuses the command. */
export async function commandLine(
  endpoint: string,
  line: string,
  command: 'Hold' | 'Unhold' | 'Stop' | 'Reset' | 'Start',
): Promise<void> {
  await atMachine(endpoint, line, async ({ session, nodeOf, packml, unit }) => {
    const machine = `${unit}/${packml}:BaseStateMachine/${packml}:MachineState`;
    const owner = command === 'Stop' || command === 'Reset' ? machine : `${machine}/${packml}:ExecuteState`;
    const { statusCode } = await session.call({
      objectId: await nodeOf(owner),
      methodId: await nodeOf(`${owner}/${packml}:${command}`),
      // Start takes parameters of the product (OPC 30050, 6.7.10): none here.
      inputArguments: command === 'Start' ? [noParameters] : [],
    });
    if (statusCode !== StatusCodes.Good) throw new Error(`${line} refuses ${command}: ${statusCode}`);
  });
}

/** Breaks the line's gate, or mends it. Throws when the machine refuses. */
export async function jamGate(endpoint: string, line: string, isJammed: boolean): Promise<void> {
  await atMachine(endpoint, line, async ({ session, nodeOf, vendor, unit }) => {
    const nodeId = await nodeOf(`${unit}/${vendor}:Faults/${vendor}:GateJammed`);
    const value = new DataValue({ value: new Variant({ dataType: DataType.Boolean, value: isJammed }) });
    const status = await session.write({ nodeId, attributeId: AttributeIds.Value, value });
    if (status !== StatusCodes.Good) throw new Error(`${line} does not take GateJammed: ${status}`);
  });
}

interface AtMachine {
  session: ClientSession;
  nodeOf(path: string): Promise<NodeId>;
  packml: number;
  vendor: number;
  /** Path of the line's unit. */
  unit: string;
}

async function atMachine(endpoint: string, line: string, act: (at: AtMachine) => Promise<void>): Promise<void> {
  const client = OPCUAClient.create({
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 2, initialDelay: 200, maxDelay: 500 },
  });
  await client.withSessionAsync(endpoint, async (session) => {
    const namespaces = (await session.read({ nodeId: 'ns=0;i=2255', attributeId: AttributeIds.Value })).value.value;
    const [packml, vendor] = [namespaces.indexOf(PACKML), namespaces.indexOf(VENDOR)];
    const nodeOf = async (path: string) => {
      const { statusCode, targets } = await session.translateBrowsePath(makeBrowsePath('RootFolder', path));
      const target = targets?.[0]?.targetId;
      if (!target) throw new Error(`the machine has no ${path}: ${statusCode}`);
      return target;
    };
    await act({ session, nodeOf, packml, vendor, unit: `/Objects/${packml}:PackMLObjects/${vendor}:${line}` });
  });
}
