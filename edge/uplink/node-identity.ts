/**
 * Who the node is to the server: enrols with a one-time code at its first start, changes its key by itself, and takes up what a
 * former process did not finish. At every moment one of the keys on the disk is one that the server knows.
 */
import { enrolmentText, rotationText } from '#schema/node-key.ts';
import type { EdgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { pause } from '../wait.ts';
import { EnrolNodeSchema, RotateKeySchema, WhoAmISchema } from './answers.ts';
import { type Credentials, keyCredentials, secretCredentials, signText } from './credentials.ts';
import { ENROL_NODE, ROTATE_KEY, WHO_AM_I } from './documents.ts';
import { hashOfCode, makeNextKey, promoteNextKey, readKeys, removeNextKey, type StoredKey } from './key-files.ts';
import { PlanError } from './node-plan.ts';
import { createServerClient, UplinkError } from './server-client.ts';
import { createBackOff } from './server-contact.ts';

export interface NodeIdentity extends Credentials {
  /** Finishes a change of key that was begun, and begins one when the key is old enough. Throws `UplinkError` when it has to be tried again. */
  refresh(signal: AbortSignal): Promise<void>;
}

type Settings = Pick<EdgeConfig, 'home' | 'server'>;

const DAY_MS = 86_400_000;

/** Waits for the server only when the node has never been enrolled. Throws `PlanError` when a person has to do something. */
export async function openIdentity(config: Settings, log: Logger, signal: AbortSignal): Promise<NodeIdentity> {
  const { home, server } = config;
  if (server.token !== undefined) return { ...secretCredentials(server.token), refresh: async () => {} };

  const known = await readKeys(home);
  const code = server.enrolmentCode;
  const codeHash = code === undefined ? undefined : hashOfCode(code);
  let present = known.present;
  if (code !== undefined && codeHash !== undefined && present?.codeHash !== codeHash) {
    const isBegun = known.next?.by === 'enrolment' && known.next.codeHash === codeHash;
    const next =
      isBegun && known.next ? known.next : await makeNextKey(home, { codeHash, by: 'enrolment' }, new Date());
    if (await enrol(config, next, code, present !== undefined, log, signal)) present = next;
  }
  if (!present)
    throw new PlanError(
      'server.enrolmentCode is missing; this node has no key yet: make a code for it (createEnrolmentCode) and put it there or into LEHR_ENROLMENT_CODE',
    );
  return keyIdentity(config, present, log);
}

/** What a look from outside may use: the present key, nothing is changed. Throws `PlanError` when there is none. */
export async function readIdentity({ home, server }: Settings): Promise<Credentials> {
  if (server.token !== undefined) return secretCredentials(server.token);
  const { present } = await readKeys(home);
  if (!present) throw new PlanError('this node has no key yet: start it once with an enrolment code');
  return keyCredentials(present);
}

/** True when the server has taken the key. A node that has another key goes on with that when the server is out of reach or refuses. */
async function enrol(
  { home, server }: Settings,
  key: StoredKey,
  code: string,
  hasOther: boolean,
  log: Logger,
  signal: AbortSignal,
): Promise<boolean> {
  const nobody: Credentials = { authorization: () => '', heard: () => {} };
  const client = createServerClient(server, nobody);
  const { publicKey } = key;
  const input = { code, publicKey, proof: signText(key, enrolmentText(code, publicKey)) };
  const backOff = createBackOff(server.retryMinMs, server.retryMaxMs);
  let isTold = false;
  for (;;) {
    try {
      const { enrolEdgeNode: answer } = await client.graphql(
        ENROL_NODE,
        JSON.stringify({ input }),
        EnrolNodeSchema,
        signal,
      );
      if (answer.__typename === 'NodeKey') {
        await promoteNextKey(home);
        log.info('enrolled: the server knows the key of this node');
        return true;
      }
      await removeNextKey(home);
      const text = `server.enrolmentCode is refused (${answer.message}); make another code for this node and put it there`;
      if (!hasOther) throw new PlanError(text);
      log.error(`${text}; going on with the key that the node has`);
      return false;
    } catch (error) {
      if (error instanceof PlanError || signal.aborted) throw error;
      const message = error instanceof Error ? error.message : String(error);
      if (hasOther) {
        log.warn(`server ${server.url}: ${message}; going on with the key that the node has`);
        return false;
      }
      if (!isTold) log.warn(`server ${server.url}: ${message}; waiting for it, this node is not enrolled yet`);
      isTold = true;
      await pause(backOff.next(), signal);
      signal.throwIfAborted();
    }
  }
}

function keyIdentity({ home, server }: Settings, first: StoredKey, log: Logger): NodeIdentity {
  let present = first;
  let current = keyCredentials(present);
  const use = (key: StoredKey) => {
    current = keyCredentials(key);
  };
  const isKnownNow = async (key: StoredKey, signal: AbortSignal): Promise<boolean> => {
    const client = createServerClient(server, keyCredentials(key));
    try {
      return (await client.graphql(WHO_AM_I, '{}', WhoAmISchema, signal)).viewer !== null;
    } catch (error) {
      if (error instanceof UplinkError && error.trouble === 'unauthorised') return false;
      throw error;
    }
  };

  return {
    authorization: () => current.authorization(),
    heard: (date) => current.heard(date),
    async refresh(signal) {
      const isOld = Date.now() - Date.parse(present.madeAt) > server.rotateKeyDays * DAY_MS;
      const begun = (await readKeys(home)).next;
      if (!isOld && begun?.by !== 'rotation') return;
      const { codeHash } = present;
      const next = begun?.by === 'rotation' ? begun : await makeNextKey(home, { codeHash, by: 'rotation' }, new Date());

      const isTaken = await announce(next, signal);
      // from here on the next key is the one: its first use ends the present one
      if (isTaken) use(next);
      if (await isKnownNow(next, signal)) {
        await promoteNextKey(home);
        present = next;
        use(next);
        log.info('the node has changed its key');
        return;
      }
      use(present);
      await removeNextKey(home);
      log.warn('the server has not taken the next key of this node; the present one stays');
    },
  };

  /** False when the present key is good no longer: the server may have taken the next one from a process that was cut off. */
  async function announce(next: StoredKey, signal: AbortSignal): Promise<boolean> {
    const { publicKey } = next;
    const input = { publicKey, proof: signText(next, rotationText(present.publicKey, publicKey)) };
    try {
      const client = createServerClient(server, keyCredentials(present));
      const { rotateEdgeNodeKey: answer } = await client.graphql(
        ROTATE_KEY,
        JSON.stringify({ input }),
        RotateKeySchema,
        signal,
      );
      return answer.__typename === 'NodeKey';
    } catch (error) {
      if (error instanceof UplinkError && error.trouble === 'unauthorised') return false;
      throw error;
    }
  }
}
