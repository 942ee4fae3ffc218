/** The rules under every id, page and hash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../server/kit/canonical-json.ts';
import { InvalidInputError } from '../../../server/kit/errors.ts';
import { decodeGlobalId, encodeGlobalId, keyOf } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import { parsePage, toConnection } from '../../../server/kit/page.ts';
import { makeRights, type Role } from '../../../server/kit/rights.ts';

describe('new ids', () => {
  it('grow, never repeat, and carry their time, even when the clock stands or goes back', () => {
    const times = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(times, (offsets) => {
        const start = Date.now() + 1_000_000;
        const ids = offsets.map((offset) => newId(start + offset));
        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
        expect(
          ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
        ).toBe(true);
      }),
      { numRuns: 50 },
    );
    const far = Date.UTC(2090, 0, 1);
    expect(Number.parseInt(newId(far).replaceAll('-', '').slice(0, 12), 16)).toBe(far);
  });

  it('do not repeat when more are made in a millisecond than it has numbers for', () => {
    const ids = Array.from({ length: 10_000 }, () => newId(Date.UTC(2091, 0, 1)));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });
});

describe('global ids', () => {
  it('come back as they went in', () => {
    const parts = { Line: fc.constant(null), Inspection: fc.uuid(), Event: fc.nat().map(String) };
    for (const [typename, second] of Object.entries(parts))
      fc.assert(
        fc.property(fc.uuid(), second, (id, part) => {
          const key = part === null ? id : `${id}:${part}`;
          expect(decodeGlobalId(encodeGlobalId(typename, key))).toEqual({ typename, id: key });
        }),
      );
  });

  it('are refused with the key of another type', () => {
    const id = newId();
    for (const text of [`Line:${id}:${id}`, `Line:${id}:7`, `Event:${id}`, `Event:${id}:${id}`, `Inspection:${id}:7`])
      expect(() => decodeGlobalId(Buffer.from(text).toString('base64url'))).toThrow(InvalidInputError);
  });

  it('are refused with their field when they are anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => keyOf('Line', text, 'input.lineId')).toThrow(InvalidInputError);
      }),
    );
    const ofPlant = encodeGlobalId('Plant', newId());
    expect(() => keyOf('Line', ofPlant, 'input.lineId')).toThrow('give the id of a Line; this is one of a Plant');
  });
});

describe('pages', () => {
  const limits = { pageSize: 3, maxPageSize: 50 };
  /** What a query does with a page, over numbers in ascending order. */
  const read = (all: number[], args: Parameters<typeof parsePage>[0]) => {
    const page = parsePage(args, limits, 1);
    const [after] = page.after ?? [Number.NEGATIVE_INFINITY];
    const [before] = page.before ?? [Number.POSITIVE_INFINITY];
    const within = all.filter((each) => each > Number(after) && each < Number(before));
    const ordered = page.backward ? within.toReversed() : within;
    return toConnection(ordered.slice(0, page.limit + 1), page, (each) => [each]);
  };
  const list = fc.uniqueArray(fc.integer(), { maxLength: 40 }).map((each) => each.toSorted((a, b) => a - b));

  it('cover everything once, forwards and backwards, and know when they are at the end', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 10 }), fc.boolean(), (all, size, backward) => {
        const seen: number[] = [];
        let cursor: string | null = null;
        for (let more = true; more; ) {
          const { edges, pageInfo } = read(
            all,
            backward ? { last: size, before: cursor } : { first: size, after: cursor },
          );
          const nodes = edges.map(({ node }) => node);
          if (backward) seen.unshift(...nodes);
          else seen.push(...nodes);
          more = backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage;
          cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
        }
        expect(seen).toEqual(all);
      }),
    );
  });

  it.each([
    [{ first: 51 }, 'first'],
    [{ last: -1 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
    [{ after: 'nonsense' }, 'after'],
    [{ before: Buffer.from('[1,2]').toString('base64url') }, 'before'],
  ])('refuse %j', (args, field) => {
    expect(() => parsePage(args, limits, 1)).toThrow(expect.objectContaining({ field }));
  });
});

describe('canonical JSON', () => {
  it('is the same for the same content, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('rights', () => {
  const roles = fc.array(fc.constantFrom<Role>('viewer', 'operator', 'approver'), { minLength: 1 });
  it('have equal keys exactly when they allow the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.uuid(), roles, { maxKeys: 4 }), (plants) => {
        const entries = Object.entries(plants);
        const one = makeRights({ kind: 'person', rolesByPlant: new Map(entries) });
        const turned = entries.toReversed().map(([id, held]) => [id, [...held, ...held].toReversed()] as const);
        expect(makeRights({ kind: 'person', rolesByPlant: new Map(turned) }).key).toBe(one.key);
        expect(makeRights({ kind: 'person', rolesByPlant: new Map(entries), isAdministrator: true }).key).not.toBe(
          one.key,
        );
        expect(makeRights({ kind: 'token', rolesByPlant: new Map(entries) }).key).not.toBe(one.key);
      }),
    );
  });
});
