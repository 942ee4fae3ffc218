/** The README's example of a line with a gate is a configuration that the node takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../edge/config.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const REST = `
node: node-1
home: state
server: { url: 'http://127.0.0.1:4000', token: secret }
trust: { modelSigningKeys: [key] }
`;

it('is taken as it stands, with what every node needs beside it', async () => {
  await using folder = await makeTemporaryFolder();
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1];
  const file = join(folder.path, 'edge.yaml');
  writeFileSync(file, `${REST}${example}`);
  const { config } = readConfig(file);
  expect(config.stations[0]?.gate).toMatchObject({ mode: 'dry-run', distanceMm: 1_200 });
  expect(config.machines[0]?.security).toMatchObject({ mode: 'SignAndEncrypt' });
});
