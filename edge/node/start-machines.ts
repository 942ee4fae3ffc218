/** The machines of the configuration, by their line. */
import { join } from 'node:path';
import type { EdgeConfig } from '../config.ts';
import type { OpcuaMachine } from '../devices/opcua-machine.ts';
import type { Logger } from '../log.ts';
import type { NodePlan } from '../uplink/node-plan.ts';
import type { Outbox } from '../uplink/outbox.ts';
import { tellMachine } from './tell-machine.ts';

export interface NodeMachines {
  machines: Map<string, OpcuaMachine>;
  /** Of what the node shows to its machines; undefined while that is not known, or none needs one. */
  certificateExpiresAt(): Date | undefined;
}

/** A certificate is changed by a person or another program: looked at again so often. */
const CERTIFICATE_LOOK_MS = 600_000;

export async function startMachines(
  plan: NodePlan,
  config: EdgeConfig,
  outbox: Outbox,
  log: Logger,
): Promise<NodeMachines> {
  if (config.machines.length === 0) return { machines: new Map(), certificateExpiresAt: () => undefined };
  // node-opcua takes a second and 100 MB to load: only for a node that has a machine.
  const { createOpcuaMachine } = await import('../devices/opcua-machine.ts');
  const folder = join(config.home, 'opcua');
  const machines = new Map(
    config.machines.map((machine) => {
      const tell = tellMachine(plan.lineIds[machine.line], outbox.putEvents, log);
      return [machine.line, createOpcuaMachine(machine, folder, log, tell)];
    }),
  );
  return { machines, certificateExpiresAt: await followExpiry(folder, config) };
}

async function followExpiry(folder: string, { machines }: EdgeConfig): Promise<() => Date | undefined> {
  const { certificateExpiry } = await import('../devices/opcua-pki.ts');
  const securities = machines.map(({ security }) => security);
  let expiresAt: Date | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    // The first one is made while the first machine connects.
    const isDue = performance.now() - lookedAt > (expiresAt === undefined ? 1_000 : CERTIFICATE_LOOK_MS);
    if (isDue) {
      lookedAt = performance.now();
      certificateExpiry(folder, securities).then(
        (found) => (expiresAt = found),
        () => (expiresAt = undefined),
      );
    }
    return expiresAt;
  };
}
