/**
 * PostGraphile as it comes, on a database with our tables: its own mutation inserts one inspection each. Started with the
 * address of the database and a number of connections; says `listening PORT`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const [connectionString = '', connections = '16'] = process.argv.slice(2);
const service = makePgService({ connectionString, schemas: ['public'], poolConfig: { max: Number(connections) } });
const graphile = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [service],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, maxRequestLength: 16 * 1024 * 1024 },
  grafast: { explain: false },
});
const server = createServer();
const door = graphile.createServ(grafserv);
await door.addTo(server);
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
