/** Takes the images out of a multipart/x-mixed-replace stream (RFC 2046, 5.1.1, as cameras write it), with and without Content-Length. */

export interface Part {
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

export interface MultipartLimits {
  maxHeaderBytes: number;
  maxPartBytes: number;
}

export interface MultipartReader {
  /** The parts that this piece of the stream completes. Throws when a limit is passed or the stream is none of this kind. */
  push(chunk: Buffer): Part[];
}

/** Throws when `contentType` is no multipart stream with a boundary. */
export function createMultipartReader(contentType: string, limits: MultipartLimits): MultipartReader {
  const [, quoted, plain] = /^multipart\/[^;]+;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const named = quoted ?? plain;
  if (named === undefined) throw new Error(`content type "${contentType}" is no multipart stream with a boundary`);
  // Many cameras name the boundary with the dashes that only its lines should have.
  const delimiter = Buffer.from(`--${named.replace(/^--/, '')}`);
  let chunks: Buffer[] = [];
  let buffered = Buffer.alloc(0);
  let size = 0;
  /** Bytes that must be there before looking again is worth it. */
  let wanted = 0;
  /** Up to here no delimiter was found in the part that is being read. */
  let searched = 0;
  let headers: Map<string, string> | undefined;

  return {
    push(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      if (size < wanted) return [];
      buffered = Buffer.concat([buffered, ...chunks]);
      chunks = [];
      wanted = 0;
      const parts: Part[] = [];
      for (let part = next(); part; part = next()) parts.push(part);
      size = buffered.length;
      return parts;
    },
  };

  function next(): Part | undefined {
    headers ??= readHeaders();
    if (!headers) return undefined;
    const stated = Number(headers.get('content-length') ?? Number.NaN);
    if (stated > limits.maxPartBytes) throw tooLarge(stated);
    const body = Number.isSafeInteger(stated) && stated >= 0 ? readLength(stated) : readToDelimiter();
    if (!body) return undefined;
    const part = { headers, body };
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
    const start = at + delimiter.length;
    const end = buffered.indexOf('\r\n\r\n', start);
    if ((end < 0 ? buffered.length : end) - at > limits.maxHeaderBytes)
      throw new Error(`the headers of an image are longer than maxHeaderBytes = ${limits.maxHeaderBytes}`);
    if (end < 0) return undefined;
    const lines = buffered.toString('latin1', start, end).split('\r\n').slice(1);
    buffered = buffered.subarray(end + 4);
    return new Map(
      lines.flatMap((line) => {
        const colon = line.indexOf(':');
        return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
      }),
    );
  }

  function readLength(length: number): Buffer | undefined {
    if (buffered.length < length) {
      wanted = length;
      return undefined;
    }
    const body = Buffer.from(buffered.subarray(0, length));
    buffered = buffered.subarray(length);
    return body;
  }

  function readToDelimiter(): Buffer | undefined {
    const mark = Buffer.concat([Buffer.from('\r\n'), delimiter]);
    const at = buffered.indexOf(mark, searched);
    if ((at < 0 ? buffered.length - mark.length : at) > limits.maxPartBytes) throw tooLarge(buffered.length);
    if (at < 0) {
      searched = Math.max(0, buffered.length - mark.length);
      return undefined;
    }
    const body = Buffer.from(buffered.subarray(0, at));
    buffered = buffered.subarray(at + 2);
    return body;
  }

  function tooLarge(bytes: number): Error {
    return new Error(`an image of at least ${bytes} bytes is more than maxImageBytes = ${limits.maxPartBytes}`);
  }
}
