/** Posts prepared GraphQL bodies over keep-alive connections and reads the answers whole. */
import { Agent, request } from 'node:http';

export interface Poster {
  post(body: Buffer, headers: Record<string, string>): Promise<string>;
  close(): void;
}

export function openPoster(server: { hostname: string; port: string; sockets: number }): Poster {
  const { hostname, port, sockets } = server;
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return {
    post: (body, extra) =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': body.length, ...extra };
        const sent = request({ agent, hostname, port, path: '/graphql', method: 'POST', headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks).toString()));
          response.on('error', reject);
        });
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
