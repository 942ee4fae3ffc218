/** Somebody at the machine's panel: calls the PackML commands of a line over OPC UA. */
import { AttributeIds, makeBrowsePath, OPCUAClient, StatusCodes } from 'node-opcua';

const PACKML = 'http://opcfoundation.org/UA/PackML/';
const VENDOR = 'urn:lehr:plant:bottle-line';

/** Throws when the machine refuses the command. */
export async function commandLine(endpoint: string, line: string, command: 'Hold' | 'Unhold'): Promise<void> {
  const client = OPCUAClient.create({
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 2, initialDelay: 200, maxDelay: 500 },
  });
  await client.withSessionAsync(endpoint, async (session) => {
    const namespaces = (await session.read({ nodeId: 'ns=0;i=2255', attributeId: AttributeIds.Value })).value.value;
    const [packml, vendor] = [namespaces.indexOf(PACKML), namespaces.indexOf(VENDOR)];
    const owner = `/Objects/${packml}:PackMLObjects/${vendor}:${line}/${packml}:BaseStateMachine/${packml}:MachineState/${packml}:ExecuteState`;
    const nodeOf = async (path: string) => {
      const { statusCode, targets } = await session.translateBrowsePath(makeBrowsePath('RootFolder', path));
      const target = targets?.[0]?.targetId;
      if (!target) throw new Error(`the machine has no ${path}: ${statusCode}`);
      return target;
    };
    const { statusCode } = await session.call({
      objectId: await nodeOf(owner),
      methodId: await nodeOf(`${owner}.${packml}:${command}`.replace('.', '/')),
      inputArguments: [],
    });
    if (statusCode !== StatusCodes.Good) throw new Error(`${line} refuses ${command}: ${statusCode}`);
  });
}
