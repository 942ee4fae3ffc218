/** What PostgreSQL says when it refuses a statement (errors of `pg`, appendix A of its manual). */

/** The name of the violated unique constraint or index, or undefined for any other error. */
export function uniqueViolation(error: unknown): string | undefined {
  return violation(error, '23505');
}

function violation(error: unknown, code: string): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== code) return undefined;
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : '';
}
