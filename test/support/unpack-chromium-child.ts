/** Unpacks the packaged Chromium into TMPDIR and prints the path of its program; a process of its own, because TMPDIR holds for a whole process. */
import chromium from '@sparticuz/chromium';

console.log(await chromium.executablePath());
