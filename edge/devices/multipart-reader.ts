/**
 * Takes the images out of a multipart/x-mixed-replace stream (RFC 2046, 5.1.1, as cameras write it): with and without
 * Content-Length, with lines that end in CR LF or LF, with a boundary that is named with or without its dashes.
 */

export interface Part {
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
  /** When the last byte of the body came: without Content-Length, the end is seen only at the next image. */
  arrivedAtMs: number;
}

export interface MultipartLimits {
  maxHeaderBytes: number;
  maxPartBytes: number;
}

export interface MultipartReader {
  /** The parts that this piece of the stream completes. Throws when a limit is passed or the stream is none of this kind. */
  push(chunk: Buffer, arrivedAtMs: number): Part[];
  /** An image has begun and is not complete. A boundary alone begins none: many cameras write it at the end of an image. */
  readonly isWithinPart: boolean;
}

const [LINE_FEED, CARRIAGE_RETURN, DASH] = Buffer.from('\n\r-');

/** Throws when `contentType` is no multipart stream with a boundary. */
export function createMultipartReader(contentType: string, limits: MultipartLimits): MultipartReader {
  const [, quoted, plain] = /^multipart\/[^;]+;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const named = quoted ?? plain;
  if (named === undefined) throw new Error(`content type "${contentType}" is no multipart stream with a boundary`);
  // Many cameras name the boundary with the dashes that only its lines should have.
  const delimiter = Buffer.from(`--${named.replace(/^-+/, '')}`);
  /** The longest line end and dashes before the delimiter. */
  const mostBefore = 2 + named.length;
  let chunks: Buffer[] = [];
  let buffered = Buffer.alloc(0);
  let size = 0;
  /** Bytes that must be there before looking again is worth it. */
  let wanted = 0;
  /** Up to here no delimiter was found in the part that is being read. */
  let searched = 0;
  let headers: Map<string, string> | undefined;
  /** Bytes of the stream that are read and gone. */
  let gone = 0;
  /** Up to which byte of the stream the pieces went that are still buffered, and when they came. */
  let arrivals: { end: number; atMs: number }[] = [];
  let newestMs = 0;

  return {
    push(chunk, arrivedAtMs) {
      chunks.push(chunk);
      size += chunk.length;
      newestMs = arrivedAtMs;
      arrivals.push({ end: gone + size, atMs: arrivedAtMs });
      if (size < wanted) return [];
      buffered = Buffer.concat([buffered, ...chunks]);
      chunks = [];
      wanted = 0;
      const parts: Part[] = [];
      for (let part = next(); part; part = next()) parts.push(part);
      size = buffered.length;
      arrivals = arrivals.filter(({ end }) => end > gone);
      return parts;
    },
    get isWithinPart() {
      return headers !== undefined || !isBoundaryOnly();
    },
  };

  function next(): Part | undefined {
    headers ??= readHeaders();
    if (!headers) return undefined;
    const length = headers.get('content-length') ?? '';
    const stated = /^\d+$/.test(length) ? Number(length) : Number.NaN;
    if (stated > limits.maxPartBytes) throw tooLarge(stated);
    const body = Number.isNaN(stated) ? readToDelimiter() : readLength(stated);
    if (!body) return undefined;
    const part = { headers, ...body };
    headers = undefined;
    searched = 0;
    return part;
  }

  /** Skips what stands before the delimiter: a preamble, or the end of the line after an image. */
  function readHeaders(): Map<string, string> | undefined {
    const at = buffered.indexOf(delimiter);
    if (at < 0) {
      if (buffered.length > limits.maxHeaderBytes) throw new Error('the stream has no boundary where one should be');
      return undefined;
    }
    const text = buffered.toString('latin1', at, at + limits.maxHeaderBytes + 4);
    const end = /\r?\n\r?\n/.exec(text);
    if ((end?.index ?? buffered.length - at) > limits.maxHeaderBytes)
      throw new Error(`the headers of an image are longer than maxHeaderBytes = ${limits.maxHeaderBytes}`);
    if (!end) return undefined;
    const lines = text.slice(0, end.index).split(/\r?\n/).slice(1);
    drop(at + end.index + end[0].length);
    return new Map(
      lines.flatMap((line) => {
        const colon = line.indexOf(':');
        return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
      }),
    );
  }

  function readLength(length: number): Omit<Part, 'headers'> | undefined {
    if (buffered.length < length) {
      wanted = length;
      return undefined;
    }
    return takeBody(length);
  }

  function readToDelimiter(): Omit<Part, 'headers'> | undefined {
    for (let from = searched; ; ) {
      const at = buffered.indexOf(delimiter, from);
      const end = at < 0 ? undefined : endBefore(at);
      const least = end ?? Math.max(0, (at < 0 ? buffered.length - delimiter.length : at) - mostBefore);
      if (least > limits.maxPartBytes) throw tooLarge(least);
      if (end !== undefined) return takeBody(end);
      if (at < 0) {
        searched = Math.max(0, buffered.length - delimiter.length);
        return undefined;
      }
      from = at + 1;
    }
  }

  /** Where the body ends whose next delimiter is at `at`; undefined when that stands within a line. */
  function endBefore(at: number): number | undefined {
    let end = at;
    while (buffered[end - 1] === DASH) end--;
    if (buffered[end - 1] !== LINE_FEED) return undefined;
    return buffered[end - 2] === CARRIAGE_RETURN ? end - 2 : end - 1;
  }

  function takeBody(length: number): Omit<Part, 'headers'> {
    const body = Buffer.from(buffered.subarray(0, length));
    drop(length);
    return { body, arrivedAtMs: arrivals.find(({ end }) => end >= gone)?.atMs ?? newestMs };
  }

  function drop(bytes: number): void {
    buffered = buffered.subarray(bytes);
    gone += bytes;
  }

  function isBoundaryOnly(): boolean {
    // The rest of a piece that waits for more is an image.
    if (chunks.length > 0 || buffered.length > 2 * (mostBefore + delimiter.length)) return false;
    const text = buffered.toString('latin1').trim().replace(/^-+/, '');
    return delimiter.toString('latin1').slice(2).startsWith(text);
  }

  function tooLarge(bytes: number): Error {
    return new Error(`an image of at least ${bytes} bytes is more than maxImageBytes = ${limits.maxPartBytes}`);
  }
}
