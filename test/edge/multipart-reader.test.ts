import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMultipartReader, type Part } from '../../edge/devices/multipart-reader.ts';

const limits = { maxHeaderBytes: 1_000, maxPartBytes: 10_000 };
const lineEnd = fc.constantFrom('\r\n', '\n');
const body = fc.uint8Array({ minLength: 1, maxLength: 3_000 }).filter((bytes) => !hasBoundary(bytes));
const part = fc.record({
  body,
  hasLength: fc.boolean(),
  dashes: fc.constantFrom('--', '----'),
  lineEnd: fc.tuple(lineEnd, lineEnd, lineEnd, lineEnd),
});

describe('reading a multipart stream', () => {
  it('gives each part as it was sent, however the stream is cut, with and without lengths, whatever ends its lines', () => {
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 8 }),
        (parts, cuts) => {
          const stream = Buffer.concat([
            ...parts.flatMap(({ body: bytes, hasLength, dashes, lineEnd: [a, b, c, d] }, index) => [
              Buffer.from(`${dashes}b${a}X-Frame: ${index}${b}`),
              Buffer.from(hasLength ? `Content-Length: ${bytes.length}${c}${c}` : c),
              bytes,
              Buffer.from(d),
            ]),
            Buffer.from('--b'),
          ]);
          const reader = openReader();
          const read = [];
          for (let at = 0, cut = 0; at < stream.length; cut++) {
            const length = cuts[cut % cuts.length] ?? 1;
            read.push(...reader.push(stream.subarray(at, at + length), at));
            at += length;
          }
          expect(read.map((part) => part.headers.get('x-frame'))).toEqual(parts.map((_, index) => String(index)));
          read.forEach((part, index) => {
            expect(Buffer.compare(part.body, parts[index]?.body ?? Buffer.alloc(0))).toBe(0);
          });
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('takes a boundary that is quoted or named with its dashes, and refuses what is no such stream', () => {
    for (const name of ['"b"', '--b', '"--b"']) {
      const reader = createMultipartReader(`multipart/x-mixed-replace;boundary=${name}`, limits);
      expect(texts(reader.push(Buffer.from('--b\r\nContent-Length: 2\r\n\r\nhi'), 0))).toEqual(['hi']);
    }
    expect(() => createMultipartReader('image/jpeg', limits)).toThrow(/no multipart stream/);
  });

  it('takes a boundary within an image for a part of it where the length is given', () => {
    const bytes = 'a\r\n--b\r\nContent-Length: 1\r\n\r\nx\r\n--b--';
    const stream = `--b\nContent-Length: ${bytes.length}\n\n${bytes}\n--b\nContent-Length: 2\n\nhi`;
    expect(texts(openReader().push(Buffer.from(stream), 0))).toEqual([bytes, 'hi']);
  });

  it('dates an image by its last byte, although its end is seen only at the next one', () => {
    const reader = openReader();
    expect(reader.push(Buffer.from('--b\r\n\r\nfir'), 10)).toEqual([]);
    expect(reader.push(Buffer.from('st'), 20)).toEqual([]);
    expect(reader.push(Buffer.from('\r\n--b\r\n\r\nsecond\r\n--b'), 90)).toMatchObject([
      { body: Buffer.from('first'), arrivedAtMs: 20 },
      { body: Buffer.from('second'), arrivedAtMs: 90 },
    ]);
  });

  it('knows whether an image has begun: a boundary after one begins none', () => {
    const reader = openReader();
    const isWithin = (text: string) => {
      reader.push(Buffer.from(text), 0);
      return reader.isWithinPart;
    };
    expect(['--', 'b', '\r\n', 'C', 'ontent-Length: 2\r\n', '\r\n', 'h', 'i', '\r\n--', 'b\r\n'].map(isWithin)).toEqual(
      [...[false, false, false, true, true, true, true, false, false, false]],
    );
  });

  it('keeps to its limits, at their edge', () => {
    const push = (...bytes: Buffer[]) => openReader().push(Buffer.concat(bytes), 0);
    const stated = (length: number) => Buffer.from(`--b\r\nContent-Length: ${length}\r\n\r\n`);
    expect(push(stated(10_000), Buffer.alloc(10_000))).toHaveLength(1);
    expect(() => push(stated(10_001))).toThrow(/maxImageBytes = 10000/);
    const unstated = (length: number) =>
      Buffer.concat([Buffer.from('--b\r\n\r\n'), Buffer.alloc(length), Buffer.from('\r\n--b')]);
    expect(push(unstated(10_000))).toHaveLength(1);
    expect(() => push(unstated(10_001))).toThrow(/maxImageBytes = 10000/);
    expect(() => push(Buffer.from(`--b\r\nX: ${'y'.repeat(1_000)}`))).toThrow(/maxHeaderBytes = 1000/);
    expect(() => push(Buffer.alloc(1_001))).toThrow(/no boundary/);
  });
});

function openReader() {
  return createMultipartReader('multipart/x-mixed-replace; boundary=b', limits);
}

function texts(parts: Part[]): string[] {
  return parts.map(({ body: bytes }) => String(bytes));
}

/** Without a length, an image must not end like a line or hold a boundary: no format does. */
function hasBoundary(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes('\n--') || bytes.at(-1) === 13;
}
