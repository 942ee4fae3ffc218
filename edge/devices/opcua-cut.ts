/** Ending a connection so that nothing which is still on its way to the server arrives. */
import { Socket } from 'node:net';
import type { ClientSecureChannelLayer } from 'node-opcua';

/** An ordinary end waits, in the operating system, until what was written before has got through; a reset throws that away. */
export function cutOff(channel: ClientSecureChannelLayer): void {
  const transport = channel.getTransport();
  const socket = transport && '_socket' in transport ? transport._socket : undefined;
  if (socket instanceof Socket) socket.resetAndDestroy();
  else channel.forceConnectionBreak();
}
