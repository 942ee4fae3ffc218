import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHttpDoor } from '../../../server/http/http-door.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { silentLog } from '../../../server/kit/log.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

it('says nothing of a client that goes away before its file is sent', async () => {
  const folder = await makeTemporaryFolder('send-file');
  const path = join(folder.path, 'file');
  await writeFile(path, Buffer.alloc(100_000));
  const faults: unknown[] = [];
  let settle = (_error: unknown) => {};
  const handled = new Promise<unknown>((resolve) => {
    settle = resolve;
  });
  const door = createHttpDoor({
    routes: {
      '/': async (visit) => {
        const gone = new Promise((resolve) => visit.response.once('close', resolve));
        client.destroy();
        await gone;
        await sendFile(visit, { path, type: 'image/png', etag: '"x"' }).then(() => settle(undefined), settle);
      },
    },
    requestMs: 60_000,
    log: { ...silentLog, error: (...facts: unknown[]) => void faults.push(facts) },
    onRequest: () => {},
  });
  const port = await door.listen('127.0.0.1', 0);
  const client = request({ port, host: '127.0.0.1' });
  client.on('error', () => {});
  client.end();

  expect(await handled).toBeUndefined();
  expect(faults).toEqual([]);
  await door.close(0);
  await folder.remove();
});
