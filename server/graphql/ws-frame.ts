/** The one WebSocket frame that is sent a hundred thousand times a second: its own head, then bytes that all subscribers share. */

const textFrame = 0x81;

/** `{"id":…,"type":"next","payload":`, once per operation. */
export function nextPrefix(id: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`, 'utf8');
}

/**
 * The header of a final, unmasked text frame (RFC 6455, 5.2) and the prefix; `bodyLength` bytes make the message whole.
 * `ws.send` would join or encode the text anew for each subscriber.
 */
export function frameHead(prefix: Uint8Array, bodyLength: number): Buffer {
  const headerLength = headerLengthOf(prefix.length + bodyLength);
  const head = Buffer.allocUnsafe(headerLength + prefix.length);
  writeHeader(head, headerLength, prefix.length + bodyLength);
  head.set(prefix, headerLength);
  return head;
}

/** The whole frame in one piece: for small bodies a copy costs less than a second piece. */
export function wholeFrame(prefix: Uint8Array, body: Uint8Array): Buffer {
  const length = prefix.length + body.length;
  const headerLength = headerLengthOf(length);
  const frame = Buffer.allocUnsafe(headerLength + length);
  writeHeader(frame, headerLength, length);
  frame.set(prefix, headerLength);
  frame.set(body, headerLength + prefix.length);
  return frame;
}

function headerLengthOf(length: number): 2 | 4 | 10 {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(frame: Buffer, headerLength: 2 | 4 | 10, length: number): void {
  frame[0] = textFrame;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
}
