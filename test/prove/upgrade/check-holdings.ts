/** Whether what people and machines hold from the old version opens the doors of the present one. */
import { signIn } from '../../plant/demo/setup-plant.ts';
import type { Holdings } from './fill-old-plant.ts';

export interface Checked {
  /** How many sessions, passwords and tokens were tried. */
  tried: number;
  /** One line for each that does not do what it did. */
  faults: string[];
}

const VIEWER = '{ viewer { person { email } tokenName } }';

/** Reads only, but for the sign-ins. */
export async function checkHoldings(url: string, holdings: Omit<Holdings, 'voice'>): Promise<Checked> {
  const faults: string[] = [];
  let tried = 0;
  const expect = async (what: string, wanted: string | null, found: Promise<string | null>) => {
    tried++;
    const got = await found.catch((error: unknown) => `${error}`);
    if (got !== wanted) faults.push(`${what} is ${got ?? 'nobody'}, not ${wanted ?? 'nobody'}`);
  };
  for (const [role, cookie] of Object.entries(holdings.sessions)) {
    const email = holdings.people.find((person) => person.role === role)?.email ?? '';
    await expect(`the old session of ${role}`, email, whoIs(url, { cookie }));
  }
  await expect('the session that was ended', null, whoIs(url, { cookie: holdings.revoked.session }));
  await expect('the MES token', 'MES', whoIs(url, bearer(holdings.tokens.MES)));
  await expect('the node token', 'Voice', whoIs(url, bearer(holdings.tokens.EDGE_NODE)));
  const revoked = whoIs(url, bearer(holdings.revoked.token)).catch(() => null);
  await expect('the revoked token', null, revoked);
  for (const person of holdings.people) {
    const signedIn = signIn(url, person).then((client) => whoIs(url, client.headers()));
    await expect(`the password of ${person.role}`, person.email, signedIn);
  }
  return { tried, faults };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

async function whoIs(url: string, headers: Record<string, string>): Promise<string | null> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, ...headers },
    body: JSON.stringify({ query: VIEWER }),
  });
  const { data, errors } = (await response.json()) as {
    data?: { viewer: { person: { email: string } | null; tokenName: string | null } | null };
    errors?: { message: string }[];
  };
  if (errors) throw new Error(errors[0]?.message ?? 'unknown error');
  return data?.viewer?.person?.email ?? data?.viewer?.tokenName ?? null;
}
