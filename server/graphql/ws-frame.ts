/** The one WebSocket frame that is sent a hundred thousand times a second, built in one piece for one write. */

const textFrame = 0x81;
const closingBrace = 0x7d;

/** `{"id":…,"type":"next","payload":`, once per operation. */
export function nextPrefix(id: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`, 'utf8');
}

/**
 * A whole, final, unmasked text frame (RFC 6455, 5.2) of prefix, payload and `}`.
 * `ws.send` would encode or join the text for each subscriber and write header and body apart.
 */
export function nextFrame(prefix: Uint8Array, payload: Uint8Array): Buffer {
  const length = prefix.length + payload.length + 1;
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = textFrame;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(prefix, headerLength);
  frame.set(payload, headerLength + prefix.length);
  frame[frame.length - 1] = closingBrace;
  return frame;
}
