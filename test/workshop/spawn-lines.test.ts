/** Child processes in tests: read by the line, waited for by a condition, never left behind. */
import { describe, expect, it } from 'vitest';
import { spawnLines } from '../support/spawn-lines.ts';

const run = (script: string, options = {}) => spawnLines(process.execPath, ['-e', script], options);

describe('waiting for a line', () => {
  it('finds one that has passed and one that comes', async () => {
    await using child = await run(
      "console.log('port 12'); process.stdin.on('data', (text) => console.log('got ' + text));",
    );
    expect((await child.waitForLine(/^port (\d+)$/))[1]).toBe('12');
    const echo = child.waitForLine(/^got (.+)$/);
    child.child.stdin?.write('this\n');
    expect((await echo)[1]).toBe('this');
    expect((await child.waitForLine(/^port/)).input).toBe('port 12');
  });

  it('fails at once, with what was printed, when the child ends first', async () => {
    await using child = await run("console.error('no home'); process.exitCode = 3;");
    await expect(child.waitForLine(/^ready/)).rejects.toThrow(/ended \(3\) without a line like .*\nno home/);
  });

  it('fails when the time is over', async () => {
    await using child = await run('setInterval(() => {}, 1000)');
    await expect(child.waitForLine(/^ready/, 20)).rejects.toThrow('printed in 20 ms no line like');
  });
});

describe('stopping a child', () => {
  it('asks first and kills a deaf one', async () => {
    const polite = await run(
      "process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000);",
    );
    await polite.waitForLine(/up/);
    expect(await polite.stop()).toEqual({ code: 7, signal: null });
    const deaf = await run("process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000);");
    await deaf.waitForLine(/up/);
    expect(await deaf.stop(20)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('gives the input and closes it', async () => {
    await using child = await run("process.stdin.on('data', (text) => console.log('got ' + text));", { input: 'all' });
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.output).toEqual(['got all']);
  });

  it('says which program could not be started', async () => {
    await expect(spawnLines('no-such-program', ['a'])).rejects.toThrow('cannot start no-such-program a');
  });
});
