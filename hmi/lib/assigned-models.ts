/** Which model versions judge a line's parts. */

interface AssignedStation {
  cameras: readonly {
    assignment: { modelVersion: { id: string; number: number; createdAt: string } } | null;
  }[];
}

export interface AssignedModels {
  /** Distinct version numbers, newest first. */
  numbers: number[];
  /** When the oldest of them was made, ms. */
  oldestMs: number;
  /** Cameras that no model judges. */
  camerasWithout: number;
}

/** Undefined when no camera has a model. */
export function assignedModels(stations: readonly AssignedStation[]): AssignedModels | undefined {
  const cameras = stations.flatMap((station) => station.cameras);
  const versions = cameras.flatMap(({ assignment }) => (assignment ? [assignment.modelVersion] : []));
  if (versions.length === 0) return undefined;
  return {
    numbers: [...new Set(versions.map(({ number }) => number))].sort((a, b) => b - a),
    oldestMs: Math.min(...versions.map(({ createdAt }) => Date.parse(createdAt))),
    camerasWithout: cameras.length - versions.length,
  };
}
