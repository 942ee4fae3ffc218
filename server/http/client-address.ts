/** Where a request really comes from: through the proxies that the configuration trusts, and no further. */
import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP } from 'node:net';

/**
 * The last address in X-Forwarded-For that no trusted proxy has, read from its end: each proxy appends whom it heard, so what stands
 * before the first stranger may be made up. Without a trusted proxy at the other end of the connection the header counts for nothing.
 */
export function clientAddress(request: IncomingMessage, trusted: BlockList): string {
  let address = plain(request.socket.remoteAddress ?? 'unknown');
  const named = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(named) ? named.join(',') : (named ?? '')).split(',');
  while (isTrusted(address, trusted)) {
    const next = plain(hops.pop()?.trim() ?? '');
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Without what says that it is an IPv4 address on an IPv6 socket, or the port that some proxies add. */
function plain(address: string): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
  return bare.toLowerCase().startsWith('::ffff:') && isIP(bare.slice(7)) === 4 ? bare.slice(7) : bare;
}
