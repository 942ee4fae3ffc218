/** The refusal of what is more than a limit of the configuration: which limit, what was asked for, what to do. */
import { GraphQLError } from 'graphql';

export interface ExceededLimit {
  code: 'QUERY_TOO_LARGE' | 'RATE_LIMITED';
  /** The variable that sets it. */
  limit: `LEHR_LIMIT_${string}`;
  /** What is wrong, as a sentence with both numbers. */
  message: string;
  value: number;
  most: number;
  remedy: string;
  http?: { status: number; headers?: Record<string, string> };
  more?: Record<string, unknown>;
}

export function limitExceeded({ code, limit, message, value, most, remedy, http, more }: ExceededLimit): GraphQLError {
  return new GraphQLError(`${message} (${limit}). ${remedy}`, {
    extensions: { code, limit, value, most, remedy, ...more, ...(http && { http }) },
  });
}
