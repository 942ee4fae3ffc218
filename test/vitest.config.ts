/** How the tests run: two workers, every file in a process of its own, tests of screens two at a time, whole-system tests one after another. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { RunReport } from './support/run-report.ts';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const root = fromHere('..');

/** Tests that start the whole product or a browser: they share two cores with what they start, so they run alone. */
const wholeSystem = ['test/e2e/**/*.test.ts', 'test/faults/**/*.test.ts'];

/** Tests of screens on a server of their own: mostly they wait for the browser, so two run at a time. */
const screens = ['labelling', 'datasets', 'pool-map', 'set-up', 'gate-alarm'].map((name) => `test/e2e/${name}.test.ts`);

function project(name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration {
  return {
    root,
    resolve: {
      // Vite would take `index.mjs` while packages get `index.js`: two copies of graphql refuse each other's types.
      alias: [{ find: /^graphql$/, replacement: fromHere('../node_modules/graphql/index.js') }],
    },
    test: {
      name,
      environment: 'node',
      pool: 'forks',
      isolate: true,
      setupFiles: [fromHere('support/leak-check.ts')],
      // A condition is waited for as long as a busy computer takes; when it comes is asserted nowhere.
      expect: { poll: { timeout: 10_000 } },
      ...test,
    },
  };
}

export default defineConfig({
  root,
  test: {
    maxWorkers: 2,
    // Here and not in the projects: once per run.
    globalSetup: [fromHere('support/global-setup.ts')],
    reporters: ['default', new RunReport()],
    projects: [
      project('parts', {
        include: ['test/**/*.test.ts'],
        exclude: wholeSystem,
        testTimeout: 20_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 0 },
      }),
      project('screens', {
        include: screens,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        sequence: { groupOrder: 1 },
      }),
      project('whole', {
        include: wholeSystem,
        exclude: screens,
        fileParallelism: false,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
