/** How the tests run: two workers, every file in a process of its own, whole-system tests one after another. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Tests that start the whole product or a browser: they share two cores with what they start, so they run alone. */
const wholeSystem = ['test/e2e/**/*.test.ts', 'test/faults/**/*.test.ts'];

export default defineConfig({
  root,
  resolve: {
    alias: [
      // Vite would take `index.mjs` while packages get `index.js`: two copies of graphql refuse each other's types.
      { find: /^graphql$/, replacement: fileURLToPath(new URL('../node_modules/graphql/index.js', import.meta.url)) },
    ],
  },
  test: {
    environment: 'node',
    pool: 'forks',
    isolate: true,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: wholeSystem,
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: wholeSystem,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
