/** What of a machine's report the event log is told; all else is telemetry. */
import type { MachineStatusRow } from './machines.table.ts';

type Seen = Pick<MachineStatusRow, 'quality' | 'state' | 'mode' | 'batch_code'>;

export interface MachineChange {
  kind: 'machine.state' | 'batch.changed';
  data: Record<string, string | null>;
}

/** A state, mode or quality that differs from the last one, and another batch; the first report of a line is a change, too. */
export function machineChanges(before: Seen | undefined, now: Seen): MachineChange[] {
  const changes: MachineChange[] = [];
  if (!before || before.state !== now.state || before.mode !== now.mode || before.quality !== now.quality) {
    const from = { stateBefore: before?.state ?? null, modeBefore: before?.mode ?? null };
    changes.push({
      kind: 'machine.state',
      data: { state: now.state, mode: now.mode, quality: now.quality, ...from, qualityBefore: before?.quality ?? null },
    });
  }
  // A value that is not to be trusted is no change of material.
  if (before && now.quality === 'good' && before.batch_code !== now.batch_code && now.batch_code !== null)
    changes.push({ kind: 'batch.changed', data: { batchCode: now.batch_code, batchCodeBefore: before.batch_code } });
  return changes;
}

/** How far the stored status can be trusted now: what nobody has confirmed for so long is stale, however good it was. */
export function presentQuality(
  status: Pick<MachineStatusRow, 'quality' | 'received_at'>,
  now: Date,
  silenceMs: number,
): MachineStatusRow['quality'] {
  const isOld = now.getTime() - status.received_at.getTime() > silenceMs;
  return status.quality === 'good' && isOld ? 'stale' : status.quality;
}
