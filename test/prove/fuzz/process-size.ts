/** How large the server's process is, as it says itself at /metrics. */
export interface ProcessSize {
  rssMb: number;
  heapUsedMb: number;
  openFds: number;
  connections: number;
}

export async function readSize(origin: string): Promise<ProcessSize> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const value = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const mb = (bytes: number) => Math.round(bytes / 104_857.6) / 10;
  return {
    rssMb: mb(value('process_resident_memory_bytes')),
    heapUsedMb: mb(value('nodejs_heap_size_used_bytes')),
    openFds: value('process_open_fds'),
    connections: value('lehr_live_connections'),
  };
}
