/** The moment inside a UUIDv7 in milliseconds since 1970; of any other id the moment of asking. */
export function captureMs(id: string): number {
  const milliseconds = /^[0-9a-f]{8}-[0-9a-f]{4}-7/i.test(id)
    ? Number.parseInt(id.replace('-', '').slice(0, 12), 16)
    : Date.now();
  return milliseconds;
}
