/**
 * Whether a live camera's image may be judged at all, seen from one image to the next. A camera that has frozen gives a picture
 * that it gave a moment ago, whatever its metadata say; no sensor gives the same noise twice. A camera that changes the size of its
 * pictures shows something else than what its model and set-up were made for.
 *
 * Not seen: a frozen picture that is compressed anew with another result (a clock drawn into it), one that comes again after more
 * than `REMEMBERED` others, and a change of size in formats other than JPEG and PNG.
 */
import { readPicture, type Size } from './read-picture.ts';

export interface PictureWatch {
  /** Why no verdict may be made of the image; undefined when one may. */
  check(bytes: Uint8Array): string | undefined;
}

/** Pictures that are compared with the new one: some cameras alternate between a few buffers. */
const REMEMBERED = 4;
/** Without a reference, the size that so many images in a row have had holds until the node starts again. */
const ALIKE = 5;

/** `sizeOfSetup`: that of the reference image of the moment, where there is one. */
export function createPictureWatch(sizeOfSetup: () => Size | undefined): PictureWatch {
  let remembered: Buffer[] = [];
  let usual: Size | undefined;
  let alike = 0;

  return {
    check(bytes) {
      if (bytes.byteLength === 0) return 'the camera gives an empty image; start it again';
      const { size, data } = readPicture(bytes);
      const picture = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      // Pictures of one length differ in their first bytes, so that this costs next to nothing.
      if (remembered.some((earlier) => earlier.equals(picture)))
        return 'the camera gives the same image again; start it again, and check that its exposure is free';
      remembered = [...remembered.slice(1 - REMEMBERED), picture];
      return size && findChange(size);
    },
  };

  function findChange(size: Size): string | undefined {
    const wanted = sizeOfSetup();
    if (wanted) {
      if (isSame(size, wanted)) return undefined;
      return `the camera gives ${name(size)}, the reference image of its set-up has ${name(wanted)}; set its resolution back, or choose a reference of the new size`;
    }
    if (usual && alike >= ALIKE) {
      if (isSame(size, usual)) return undefined;
      return `the camera gives ${name(size)} instead of ${name(usual)}; set its resolution back, or start the node again if this size is meant`;
    }
    alike = usual && isSame(size, usual) ? alike + 1 : 1;
    usual = size;
    return undefined;
  }
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

function name({ width, height }: Size): string {
  return `${width} × ${height} px`;
}
