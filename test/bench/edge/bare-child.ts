/** The floor: nothing but `session.run` on images that were decoded before, with the options of the edge's own session. */
import { type LoadedModel, loadModel, type ModelInputImage } from '../../../edge/models/load-model.ts';
import { prepareImage } from '../../../schema/prepare-image.ts';
import { serveParent } from '../kit/serve-parent.ts';

let model: LoadedModel | undefined;
let images: ModelInputImage[] = [];

serveParent({
  async open(input: { path: string; sha256: string; images: Uint8Array[] }): Promise<void> {
    const loaded = await loadModel(input.path, input.sha256, 1);
    images = await Promise.all(input.images.map((image) => prepareImage(image, loaded.manifest.input)));
    model = loaded;
  },
  /** Images per second. */
  async run(count: number): Promise<number> {
    const startedAt = performance.now();
    for (let number = 0; number < count; number++) {
      const image = images[number % images.length];
      if (image) await model?.run(image);
    }
    return (1_000 * count) / (performance.now() - startedAt);
  },
});
