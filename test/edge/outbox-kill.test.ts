import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutboxStore } from '../../edge/uplink/outbox-store.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { outboxLimits } from './kit/outbox-entries.ts';

const program = fileURLToPath(new URL('../support/outbox-writer-child.ts', import.meta.url));
let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await makeTemporaryFolder('outbox');
});

afterEach(async () => {
  await folder.remove();
});

describe('an outbox whose process is killed while it writes', () => {
  it('has every result that it said was safe, once, and agrees with itself about its images', async () => {
    const random = createSeededRandom(3);
    const safe = new Set<string>();
    for (let kill = 0; kill < 3; kill++) {
      const enough = safe.size + 20 + random.integer(60);
      const reached = Promise.withResolvers<void>();
      const onLine = (line: string) => {
        if (line.startsWith('safe ')) safe.add(line.slice(5));
        if (safe.size >= enough) reached.resolve();
      };
      const child = await spawnLines(process.execPath, [program, folder.path, String(kill * 100_000)], { onLine });
      await Promise.race([reached.promise, child.exit]);
      child.child.kill('SIGKILL');
      expect((await child.exit).signal).toBe('SIGKILL');
    }

    const store = openOutboxStore(folder.path, outboxLimits());
    const { results, images, imageBytes } = store.counts();
    const kept = store.call('takeResults', { lane: 'backlog', limit: 1_000_000 });
    const ids = kept.map(({ id }) => id);
    expect(new Set(ids).size).toBe(results);
    expect([...safe].filter((id) => !ids.includes(id))).toEqual([]);
    expect(imageBytes).toBe(images * 20_000);
    expect(imageBytes).toBeLessThanOrEqual(400_000);
    store.transaction(() =>
      store.call(
        'settleResults',
        kept.map(({ seq }) => ({ seq, refusal: null })),
      ),
    );
    const ready = store.call('takeImages', { lane: 'backlog', limit: 1_000, except: [] });
    expect(ready).toHaveLength(images);
    for (const { seq } of ready) expect(store.call('readImage', { seq })).toHaveLength(20_000);
    // Of every image that is not here any more, a revision says so.
    const lost = store
      .call('takeNotes', { kind: 'revision', limit: 1_000_000 })
      .filter(({ body }) => JSON.parse(body).isLost);
    expect(lost).toHaveLength(results - images);
    store.close();
  }, 30_000);
});
