/**
 * Brush masks of Label Studio: RGBA bytes, row by row, packed bit by bit as @thi.ng/rle-pack does. Header: number of bytes (32 bits), bits
 * of a byte less one (5), four lengths of run fields less one (4 each); then for each run one bit (a repeated byte, or bytes as they are),
 * two bits (which length field), the run's length less one, its byte or bytes.
 */
import { SetFault } from './format.ts';

const BYTE_BITS = 8;
const RUN_BITS = [3, 4, 8, 16];

/** Pixels of the mask whose alpha is above half. Throws for damaged bytes and other sizes. */
export function unpackBrush(bytes: readonly number[], pixels: number): Uint8Array {
  const bitmap = new Uint8Array(pixels);
  const data = Uint8Array.from(bytes);
  let place = 0;
  const read = (bits: number): number => {
    if (place + bits > data.length * 8) throw new SetFault('a brush mask is cut short: export it again');
    let value = 0;
    for (let at = 0; at < bits; at += 1, place += 1) {
      value = value * 2 + (((data[place >> 3] ?? 0) >> (7 - (place & 7))) & 1);
    }
    return value;
  };
  const length = read(32);
  if (length !== pixels * 4) throw new SetFault('a brush mask has another size than the image: export it again');
  const wordBits = read(5) + 1;
  const runBits = Array.from({ length: 4 }, () => read(4) + 1);
  const full = 2 ** wordBits - 1;
  for (let at = 0; at < length; ) {
    const isRepeated = read(1) === 1;
    const end = at + 1 + read(runBits[read(2)] ?? 1);
    if (end > length) throw new SetFault('a brush mask is longer than the image: export it again');
    let word = isRepeated ? read(wordBits) : 0;
    for (; at < end; at += 1) {
      if (!isRepeated) word = read(wordBits);
      if (at % 4 === 3 && word * 2 > full) bitmap[at >> 2] = 1;
    }
  }
  return bitmap;
}

export function packBrush(bitmap: Uint8Array): number[] {
  const bytes: number[] = [];
  let partial = 0;
  let bits = 0;
  const write = (value: number, width: number) => {
    for (let at = width - 1; at >= 0; at -= 1) {
      partial = (partial << 1) | (Math.floor(value / 2 ** at) & 1);
      bits += 1;
      if (bits < 8) continue;
      bytes.push(partial);
      partial = 0;
      bits = 0;
    }
  };
  write(bitmap.length * 4, 32);
  write(BYTE_BITS - 1, 5);
  for (const width of RUN_BITS) write(width - 1, 4);
  for (let at = 0; at < bitmap.length; ) {
    const pixel = bitmap[at];
    let end = at + 1;
    while (end < bitmap.length && bitmap[end] === pixel) end += 1;
    for (let left = (end - at) * 4; left > 0; ) {
      const run = Math.min(left, 2 ** 16);
      const field = RUN_BITS.findIndex((width) => run <= 2 ** width);
      write(1, 1);
      write(field, 2);
      write(run - 1, RUN_BITS[field] ?? 16);
      write(pixel ? 255 : 0, BYTE_BITS);
      left -= run;
    }
    at = end;
  }
  if (bits > 0) write(0, 8 - bits);
  return bytes;
}
