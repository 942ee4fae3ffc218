/** The GraphQL that gives the chart's figures, ready to paste: the hour that ends with the present minute. */
export function statsQuery(lineId: string, minuteMs: number): string {
  const to = new Date(minuteMs + 60_000).toISOString();
  const from = new Date(minuteMs - 59 * 60_000).toISOString();
  return `{
  inspectionStats(
    bucket: MINUTE
    filter: { lineId: ${JSON.stringify(lineId)}, from: "${from}", to: "${to}" }
  ) {
    bucket
    total
    reject
    rejectRate
    rejectRateLow
    rejectRateHigh
  }
}`;
}
