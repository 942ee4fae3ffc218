/** That the proof of the MES client sees what it is there to see. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { newId } from '../../server/kit/ids.ts';
import { encodeCursor } from '../../server/live/stream-cursor.ts';
import { type Effect, openEffectStore } from '../mes/effect-store.ts';
import { compare } from '../prove/mes-client/kept.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const parts = Array.from({ length: 4 }, (_, index) => ({ id: newId(), job: 'J1', position: index + 1 }));
const made = {
  inspections: new Map([['line', parts.map(({ id, job }) => ({ id, job }))]]),
  events: new Map([['line', [{ what: 'job.started', job: 'J1' }]]]),
};
const plantKey = newId();
const clean = { missing: 0, twice: 0, unknown: 0, outOfOrder: 0, holes: 0, wrongCounts: 0, gaps: 0 };

function effectOf({ id, job, position }: (typeof parts)[number]): Effect {
  const item = encodeGlobalId('Inspection', `${plantKey}:${id}`);
  return { item, cursor: encodeCursor({ kind: 'inspection', id: plantKey }, position), what: 'PASS', job };
}

describe('what the MES client kept, held against what was made', () => {
  let folder: TemporaryFolder;
  let number = 0;
  beforeAll(async () => {
    folder = await makeTemporaryFolder('kept');
  });
  afterAll(() => folder.remove());

  const keep = (order: readonly number[], gap = false) => {
    number += 1;
    const file = join(folder.path, `${number}.sqlite`);
    const store = openEffectStore(file);
    const cursor = encodeCursor({ kind: 'event', id: plantKey }, 1);
    store.apply('events plant', null, cursor, [{ item: 'e', cursor, what: 'job.started', job: 'J1' }]);
    const effects = order.flatMap((index) => (parts[index] ? [effectOf(parts[index])] : []));
    store.apply('inspections line', null, 'c1', effects);
    if (gap) store.noteGap('inspections line', 'c2');
    store.close();
    return compare(file, 'plant', made);
  };

  it.each<[string, number[], object]>([
    ['all, once, in order', [0, 1, 2, 3], { ...clean, effects: 5 }],
    ['one missing', [0, 1, 3], { missing: 1, holes: 1, wrongCounts: 1 }],
    ['the last missing', [0, 1, 2], { missing: 1, holes: 0, wrongCounts: 1 }],
    ['one twice', [0, 1, 1, 2, 3], { twice: 1, holes: 1, wrongCounts: 1 }],
    ['two in the wrong order', [0, 2, 1, 3], { outOfOrder: 1, holes: 3 }],
  ])('sees %s', (_what, order, expected) => {
    expect(keep(order)).toMatchObject(expected);
  });

  it('sees a gap that was written down', () => {
    expect(keep([0, 1, 2, 3], true)).toMatchObject({ ...clean, gaps: 1 });
  });

  it('refuses a payload that does not continue where the stream stands', () => {
    const store = openEffectStore(join(folder.path, 'fenced.sqlite'));
    store.apply('s', null, 'c1', []);
    expect(() => store.apply('s', 'c0', 'c2', [])).toThrow('s stands at c1, not at c0');
    expect(store.cursorOf('s')).toBe('c1');
    store.close();
  });
});
