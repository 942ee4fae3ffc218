/** Ends each run with a line that says what it ran on and what it left out: a skipped database must not look like a passed one. */
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { describeServices } from './services.ts';

export class RunReport implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const services = this.#vitest?.getRootProject().getProvidedContext().services;
    if (!services) return;
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]).length;
    this.#vitest?.logger.log(`${describeServices(services)}; skipped cases: ${skipped}`);
  }
}
