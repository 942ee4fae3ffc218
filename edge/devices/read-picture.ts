/** What the bytes of a JPEG or PNG say without being decoded: the picture's size, and the part of them that is the picture itself. */

export interface Size {
  width: number;
  height: number;
}

export interface Picture {
  /** As the camera gives it, not turned by its metadata. Undefined for other formats and broken files. */
  size: Size | undefined;
  /** Without metadata such as a time stamp; all bytes for other formats and broken files. */
  data: Uint8Array;
}

const PNG_SIGNATURE = 0x89504e47;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

export function readPicture(bytes: Uint8Array): Picture {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const picture = buffer.length < 4 ? undefined : (readJpeg(buffer) ?? readPng(buffer));
  return picture ?? { size: undefined, data: bytes };
}

/** ITU-T T.81, annex B: segments with their lengths up to the scan. */
function readJpeg(buffer: Buffer): Picture | undefined {
  if (buffer.readUInt16BE(0) !== 0xffd8) return undefined;
  let size: Size | undefined;
  for (let at = 2; at + 9 <= buffer.length && buffer[at] === 0xff; ) {
    const marker = buffer.readUInt8(at + 1);
    // A marker may be filled up with bytes 0xFF.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === START_OF_SCAN) {
      const end = buffer.lastIndexOf(END_OF_IMAGE);
      return { size, data: buffer.subarray(at, end < at ? buffer.length : end) };
    }
    if (isStartOfFrame(marker)) size = { height: buffer.readUInt16BE(at + 5), width: buffer.readUInt16BE(at + 7) };
    at += 2 + buffer.readUInt16BE(at + 2);
  }
  return undefined;
}

/** All but the markers for tables that share the range: DHT, JPG, DAC. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** PNG, third edition, 5: chunks with their lengths; those of the picture follow each other. */
function readPng(buffer: Buffer): Picture | undefined {
  if (buffer.readUInt32BE(0) !== PNG_SIGNATURE || buffer.length < 33) return undefined;
  const size = { width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20) };
  let from: number | undefined;
  for (let at = 8; at + 12 <= buffer.length; at += 12 + buffer.readUInt32BE(at)) {
    const isPicture = buffer.toString('latin1', at + 4, at + 8) === 'IDAT';
    if (isPicture) from ??= at;
    else if (from !== undefined) return { size, data: buffer.subarray(from, at) };
  }
  return undefined;
}
