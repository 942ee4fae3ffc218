/** Answers of the plain HTTP routes. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A refusal of a plain HTTP route: what, why and what to do, as JSON. */
export class HttpRefusal extends Error {
  override name = 'HttpRefusal';
  readonly status: number;
  readonly field: string;
  readonly value: string | null;
  readonly remedy: string;

  constructor(status: number, refusal: { field: string; value?: string | null; remedy: string }) {
    super(refusal.remedy);
    this.status = status;
    this.field = refusal.field;
    this.value = refusal.value ?? null;
    this.remedy = refusal.remedy;
  }
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers, and ends the connection when the client is still sending what nobody will read. */
export function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: HttpRefusal): void {
  if (!request.complete) {
    response.setHeader('connection', 'close');
    request.resume();
  }
  const { field, value, remedy } = refusal;
  sendJson(response, refusal.status, { field, value, remedy });
}

export function methodNotAllowed(allowed: string): HttpRefusal {
  return new HttpRefusal(405, { field: 'method', remedy: `use ${allowed}` });
}
