/** `npm start -- --images` on real bottles: what it rejects, read back over GraphQL by the images' hashes, and what it has learnt from. */
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoClient } from '../plant/demo/graphql-client.ts';
import { describeOnRealData } from '../support/real-data.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type Product, startProduct } from './product.ts';
import { readParts } from './read-parts.ts';

/** A cycle over half of the test folder takes a quarter of a minute at the line's speed; a busy machine needs longer. */
const patienceMs = 300_000;
const leastRecall = 0.9;
const mostFalseRejects = 0.1;

describeOnRealData('bottle', 'npm start on real bottles', (whole) => {
  let home: TemporaryFolder;
  let images: TemporaryFolder;
  let folder: string;
  let product: Product;
  let client: DemoClient;

  beforeAll(async () => {
    home = await makeTemporaryFolder('home');
    images = await makeTemporaryFolder('bottles');
    folder = images.path;
    copyHalf(whole, folder);
    product = await startProduct({ home: home.path, args: ['--images', folder] });
    console.log(`ready after ${Math.round(product.readyMs / 1000)} s`);
    client = await product.client('quality engineer');
  }, 400_000);
  afterAll(async () => {
    await product?.end();
    await home.remove();
    await images.remove();
  });

  it(
    'rejects the bottles with defects and lets the good ones pass',
    async () => {
      const classes = new Map(
        readdirSync(join(folder, 'test')).flatMap((name) =>
          hashesIn(join(folder, 'test', name)).map((sha256) => [sha256, name] as const),
        ),
      );
      const judged = async () => new Map((await readParts(client, 'line-1')).map((part) => [part.imageSha256, part]));
      await expect.poll(async () => (await judged()).size, { timeout: patienceMs, interval: 1_000 }).toBe(classes.size);

      const parts = await judged();
      expect([...parts.keys()].sort()).toEqual([...classes.keys()].sort());
      const share = (names: (name: string) => boolean) => {
        const of = [...classes].filter(([, name]) => names(name)).map(([sha256]) => parts.get(sha256)?.verdict);
        return of.filter((verdict) => verdict === 'REJECT').length / of.length;
      };
      const recall = share((name) => name !== 'good');
      const falseRejects = share((name) => name === 'good');
      console.log(
        `reject recall ${recall.toFixed(3)}, false rejects ${falseRejects.toFixed(3)}, ${classes.size} images`,
      );
      expect(recall).toBeGreaterThanOrEqual(leastRecall);
      expect(falseRejects).toBeLessThanOrEqual(mostFalseRejects);
    },
    patienceMs + 30_000,
  );

  it('has learnt from the good training images, and from no other', async () => {
    const items = await trainedOn(client);
    expect(items).toEqual([...new Set(hashesIn(join(folder, 'train', 'good')))].sort());
  });
});

/** All that is for training, and every second image of each class to be judged: at the line's speed all of them take too long. */
function copyHalf(from: string, to: string): void {
  cpSync(join(from, 'train'), join(to, 'train'), { recursive: true });
  for (const name of readdirSync(join(from, 'test'))) {
    mkdirSync(join(to, 'test', name), { recursive: true });
    for (const [at, file] of readdirSync(join(from, 'test', name))
      .sort()
      .entries())
      if (at % 2 === 0) copyFileSync(join(from, 'test', name, file), join(to, 'test', name, file));
  }
}

function hashesIn(folder: string): string[] {
  return readdirSync(folder).map((name) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  );
}

/** Hashes of all images of all dataset versions. */
async function trainedOn(client: DemoClient): Promise<string[]> {
  const { datasetVersions } = await client.run<{
    datasetVersions: { edges: { node: { items: { edges: { node: { image: { sha256: string } } }[] } } }[] };
  }>(`{ datasetVersions(first: 100) { edges { node { items(first: 500) {
    edges { node { image { sha256 } } } pageInfo { hasNextPage }
  } } } } }`);
  return datasetVersions.edges.flatMap(({ node }) => node.items.edges.map((item) => item.node.image.sha256)).sort();
}
