/** What the doors count for Prometheus. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface ServerMetrics {
  registry: Registry;
  onRequest(route: string, status: number, seconds: number): void;
  onOperation(kind: string, outcome: 'ok' | 'error', seconds: number): void;
  /** An operation was refused by the limit, or because it is not stored. */
  onRefusal(limit: string): void;
}

export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'lehr_http_request_seconds',
    help: 'Duration of HTTP requests by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const operations = new Histogram({
    name: 'lehr_graphql_operation_seconds',
    help: 'Duration of executed GraphQL operations over HTTP by kind.',
    labelNames: ['kind'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'lehr_graphql_operations_with_errors_total',
    help: 'Executed GraphQL operations over HTTP whose answer has errors, by kind.',
    labelNames: ['kind'],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'lehr_graphql_refused_total',
    help: 'GraphQL operations refused over HTTP and WebSocket, by the limit (or the code) that refused them.',
    labelNames: ['limit'],
    registers: [registry],
  });
  return {
    registry,
    onRefusal: (limit) => refusals.inc({ limit }),
    onRequest: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    onOperation(kind, outcome, seconds) {
      operations.observe({ kind }, seconds);
      if (outcome === 'error') failures.inc({ kind });
    },
  };
}
