/** Says how the images of the demo's lines should look, and which of them are kept. */
import { type DemoClient, input } from './graphql-client.ts';

/**
 * Of all three glasses, with what the simulated lamp wanders: a lamp that fails, or a light set point that somebody moves, becomes an alarm. No
 * reference image: the first model has learnt bottles as they come, and parts that are brought to one place look strange to it.
 */
const BANDS = { brightness: { min: 0.56, max: 0.9 }, contrast: { min: 0.14, max: 0.34 } };

/** Rejects and doubts always, of the others a random sample large enough for a demonstration's data set. */
const CAPTURE = { auditFraction: 0.3, rejectProbability: 1, uncertainProbability: 1, bytesPerDay: 5e9 };

const KNOWN = `query ($cameras: [ID!]!, $plant: [ID!]!) {
  cameras: nodes(ids: $cameras) { ... on Camera { id setups { recipeCode } } }
  plants: nodes(ids: $plant) { ... on Plant { capturePolicy { auditFraction } } }
}`;

interface Known {
  cameras: { id: string; setups: unknown[] }[];
  plants: { capturePolicy: unknown }[];
}

/** Leaves alone what a person has set up since. `isRendered` tells the plant's own bottles from images that may look like anything. */
export async function setUpCameras(
  quality: DemoClient,
  plantId: string,
  cameraIds: readonly string[],
  isRendered: boolean,
): Promise<void> {
  const { cameras, plants } = await quality.run<Known>(KNOWN, { cameras: cameraIds, plant: [plantId] });
  for (const { id: cameraId, setups } of isRendered ? cameras : []) {
    if (setups.length > 0) continue;
    const values = { cameraId, bands: BANDS };
    await quality.act('setCameraSetup', 'CameraSetup', 'recipeCode', ...input('setCameraSetup', values));
  }
  if (plants[0]?.capturePolicy) return;
  const values = { plantId, ...CAPTURE };
  await quality.act('setCapturePolicy', 'CapturePolicy', 'auditFraction', ...input('setCapturePolicy', values));
}
