/** What lower modules ask of higher ones is connected, whoever loads the schema or the kinds of background work. */
import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defineHook, type Hook } from '../../server/kit/hook.ts';

const server = fileURLToPath(new URL('../../server', import.meta.url));

/** Every hook of the server by its file and name. */
async function allHooks(): Promise<Map<string, Hook<() => unknown>>> {
  const hooks = new Map<string, Hook<() => unknown>>();
  for await (const file of glob('modules/**/*-hooks.ts', { cwd: server })) {
    const exported: Record<string, Hook<() => unknown>> = await import(`${server}/${file}`);
    for (const [name, hook] of Object.entries(exported)) hooks.set(`${file} ${name}`, hook);
  }
  return hooks;
}

async function failureOf(act: () => unknown): Promise<string> {
  try {
    await act();
    return '';
  } catch (error) {
    return String(error);
  }
}

describe('a hook', () => {
  it('does what is connected, and says what to do while nothing is', () => {
    const double = defineHook<[value: number], number>('double');
    expect(() => double(2)).toThrow('Nothing is connected to the hook "double": import server/wiring.ts.');
    double.connect((value) => value * 2);
    expect(double(2)).toBe(4);
  });

  it('is connected by the wiring', async () => {
    await import('../../server/wiring.ts');
    const hooks = await allHooks();
    expect(hooks.size).toBeGreaterThan(0);
    for (const [name, hook] of hooks) expect(await failureOf(hook), name).not.toContain('Nothing is connected');
  });
});
