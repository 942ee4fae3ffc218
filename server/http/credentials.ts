/** What a request brings to say who it is, and whether a browser was led to send it by another site. */
import { parse as parseCookies } from 'node:querystring';

export const sessionCookie = 'lehr_session';

export interface Credentials {
  cookie: string | null;
  authorization: string | null;
}

export function credentialsOf(header: (name: string) => string | null): Credentials {
  const cookies = parseCookies(header('cookie') ?? '', ';', '=', { maxKeys: 100 });
  const entry = Object.entries(cookies).find(([name]) => name.trim() === sessionCookie);
  return {
    cookie: typeof entry?.[1] === 'string' ? entry[1].trim() : null,
    authorization: header('authorization'),
  };
}

/**
 * Whether a request that changes something may pass: a browser adds the cookie by itself, so with a cookie the Origin
 * must be this server; without one it must be so where it is sent (signing in from another site). A token is sent on purpose.
 */
export function isOriginAllowed(
  header: (name: string) => string | null,
  { cookie, authorization }: Credentials,
): boolean {
  if (authorization !== null) return true;
  const origin = header('origin');
  // a page cannot set Sec-Fetch-Site (Fetch Metadata, W3C): the browser says where the request comes from
  if (origin === null) return cookie === null || header('sec-fetch-site') === 'same-origin';
  const host = header('host');
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** The Set-Cookie of a session, or the one that ends it. */
export function sessionCookieHeader(value: string | null, expiresAt: Date | null, isSecure: boolean): string {
  const end = value === null ? new Date(0) : expiresAt;
  const parts = [`${sessionCookie}=${value ?? ''}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  if (end) parts.push(`Expires=${end.toUTCString()}`);
  if (isSecure) parts.push('Secure');
  return parts.join('; ');
}
