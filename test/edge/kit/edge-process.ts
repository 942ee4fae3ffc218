/** An edge node as a process, with its configuration written for the test. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';

const program = fileURLToPath(new URL('../../../edge/main.ts', import.meta.url));

export interface EdgeSetting {
  folder: string;
  server: { url: string; token: string };
  trustedKeys: string[];
  /** Camera codes; each reads `<folder>/spool-<code>`. */
  cameras?: string[];
  /** Added to that of a folder, or one of another kind. */
  source?: Record<string, unknown>;
  outbox?: Record<string, unknown>;
  machines?: unknown[];
}

/** Fast in everything that waits, so that tests do not. */
export async function writeEdgeConfig(setting: EdgeSetting): Promise<string> {
  const { folder, server, trustedKeys, cameras = ['camera-1'], source, outbox, machines } = setting;
  const file = join(folder, 'edge.yaml');
  await writeFile(
    file,
    stringify({
      node: 'edge-1',
      home: 'home',
      server: { url: server.url, token: server.token, pollMs: 100, statusMs: 100, retryMinMs: 20, retryMaxMs: 200 },
      trust: { modelSigningKeys: trustedKeys },
      models: { restartMinMs: 50, restartMaxMs: 500 },
      ...(machines ? { machines } : {}),
      stations: [
        {
          station: 'station-1',
          line: 'line-1',
          cameras: cameras.map((camera) => ({
            camera,
            source: source?.kind
              ? source
              : { kind: 'folder', path: `spool-${camera}`, pollMs: 50, settleMs: 300, ...source },
          })),
        },
      ],
      ...(outbox ? { outbox } : {}),
    }),
  );
  return file;
}

export function startEdge(config: string, args: string[] = []): Promise<LineProcess> {
  return spawnLines(process.execPath, [program, '--config', config, ...args]);
}

/** As a power cut would: no handler runs. Resolves when it is gone. */
export async function killEdge(edge: LineProcess): Promise<void> {
  edge.child.kill('SIGKILL');
  await edge.exit;
}
