/** The status of a machine by name, so that other modules can point to it. */
import { builder } from '../../../kit/builder.ts';
import type { MachineStatusRow } from './machines.table.ts';

export const MachineStatusRef = builder.objectRef<MachineStatusRow>('MachineStatus');
