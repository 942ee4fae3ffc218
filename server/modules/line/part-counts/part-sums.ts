/** Where parts have gone: every part that came is somewhere, and the sums must show it. */

export interface PartSums {
  triggered: number;
  accepted: number;
  rejected: number;
  bypassed: number;
  unseen: number;
  unknown: number;
  inTransit: number;
}

export const noParts: PartSums = {
  triggered: 0,
  accepted: 0,
  rejected: 0,
  bypassed: 0,
  unseen: 0,
  unknown: 0,
  inTransit: 0,
};

/** Parts that came and are nowhere; 0 in every count that can be kept. */
export function missingParts(sums: PartSums): number {
  const { triggered, accepted, rejected, bypassed, unseen, unknown, inTransit } = sums;
  return triggered - (accepted + rejected + bypassed + unseen + unknown + inTransit);
}

export function addParts(one: PartSums, other: PartSums): PartSums {
  return {
    triggered: one.triggered + other.triggered,
    accepted: one.accepted + other.accepted,
    rejected: one.rejected + other.rejected,
    bypassed: one.bypassed + other.bypassed,
    unseen: one.unseen + other.unseen,
    unknown: one.unknown + other.unknown,
    inTransit: one.inTransit + other.inTransit,
  };
}
