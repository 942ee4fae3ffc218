/** The Chromium that comes inside an npm package, so that browser tests need nothing installed. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium as playwright } from 'playwright-core';
import { makeTemporaryFolder, writeTree } from './temporary-folder.ts';

export interface TestBrowser extends AsyncDisposable {
  browser: Browser;
  close(): Promise<void>;
}

/**
 * Flags for a container without a user namespace, GPU or /dev/shm. Of the package's own flags none are taken: they switch off web security and run
 * everything in one process, and a test that passes so proves nothing about a real browser.
 */
const flags = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

// The package unpacks to tmpdir(), where any file called "chromium" passes for its program: it gets a folder of its own.
const unpack = fileURLToPath(new URL('unpack-chromium-child.ts', import.meta.url));

/** Only the font that came along, so that a page measures the same on every machine; the package's own file names folders that are not there. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`;
}

/** Unpacks and starts a browser of its own; `close` ends it and removes what was unpacked (about 200 MB). */
export async function launchChromium(): Promise<TestBrowser> {
  const folder = await makeTemporaryFolder('chromium');
  try {
    const environment = { ...process.env, TMPDIR: folder.path };
    const { stdout } = await promisify(execFile)(process.execPath, [unpack], { env: environment });
    const executablePath = stdout.trim();
    await stat(executablePath);
    await writeTree(folder.path, { 'fonts.conf': fontConfiguration(folder.path) });

    const browser = await playwright.launch({
      executablePath,
      args: flags,
      headless: true,
      env: {
        ...process.env,
        TMPDIR: folder.path,
        HOME: folder.path,
        FONTCONFIG_FILE: `${folder.path}/fonts.conf`,
        LD_LIBRARY_PATH: folder.path,
      },
    });
    const close = async () => {
      await browser.close();
      await folder.remove();
    };
    return { browser, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
