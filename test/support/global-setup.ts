/** Before the first test of a run: what there is to run on. */
import type { TestProject } from 'vitest/node';
import { startDatabaseHost } from './database-host.ts';
import { findServices, type Services } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    services: Services;
    /** Where `openTestDatabase` asks. */
    databaseHost: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await findServices();
  const host = await startDatabaseHost(services.postgresql?.url ?? null);
  project.provide('services', services);
  project.provide('databaseHost', host.address);
  return () => host.close();
}
