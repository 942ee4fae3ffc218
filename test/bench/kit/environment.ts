/** What a measured number depends on, told beside it. */
import { availableParallelism, cpus, totalmem, type } from 'node:os';

export interface EnvironmentFacts {
  cpu: string;
  cores: number;
  memoryGb: number;
  os: string;
  node: string;
  database?: string;
}

/** `database` is the engine's own version text, when the measurement used one. */
export function environmentFacts(database?: string): EnvironmentFacts {
  return {
    cpu: cpus()[0]?.model.trim() || process.arch,
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e8) / 10,
    os: type(),
    node: process.versions.node,
    ...(database === undefined ? {} : { database }),
  };
}
