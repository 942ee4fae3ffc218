/** The strip's rule: every part once, in order of capture, the newest last, and never more than a screen can show. */

export interface StripPart {
  inspectionId: string;
  camera: { id: string };
}

/** A UUIDv7 begins with the millisecond of its making: the order of the ids is the order of capture. */
function byCapture(a: StripPart, b: StripPart): number {
  if (a.inspectionId === b.inspectionId) return 0;
  return a.inspectionId < b.inspectionId ? -1 : 1;
}

/**
 * The strip with the parts that arrived: known ones keep their object, so that nothing is drawn anew. `keep` counts per camera,
 * so that a fast camera does not push a slow one off the screen.
 */
export function mergeParts<Part extends StripPart>(
  strip: readonly Part[],
  arrived: readonly Part[],
  keep: number,
): readonly Part[] {
  const known = new Set(strip.map((part) => part.inspectionId));
  const fresh = arrived.filter((part) => !known.has(part.inspectionId) && known.add(part.inspectionId));
  if (fresh.length === 0) return strip;

  const sorted = [...strip, ...fresh].sort(byCapture);
  const seen = new Map<string, number>();
  const kept: Part[] = [];
  for (const part of sorted.reverse()) {
    const count = (seen.get(part.camera.id) ?? 0) + 1;
    seen.set(part.camera.id, count);
    if (count <= keep) kept.push(part);
  }
  return kept.reverse();
}

/** The newest parts of one camera, newest last. */
export function partsOfCamera<Part extends StripPart>(
  strip: readonly Part[],
  cameraId: string,
  count: number,
): readonly Part[] {
  if (count <= 0) return [];
  return strip.filter((part) => part.camera.id === cameraId).slice(-count);
}
