/** Kills a process (SIGKILL) that writes to the embedded database, again and again, and looks what the next one finds. */
import { fileURLToPath } from 'node:url';
import { createSeededRandom } from '../support/seeded-random.ts';
import { spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import type { Found } from './kill-embedded/found.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'kill-embedded';
export const about = 'the embedded database reopens after every kill with all that was acknowledged and nothing half';

const fullSize = 100;
const writer = fileURLToPath(new URL('./kill-embedded/writer-child.ts', import.meta.url));
/** Opening takes seconds the first time; on a busy machine much longer. */
const patienceMs = 120_000;
/** Of the kills this share comes while the database is being opened, the others while it is written. */
const earlyShare = 0.15;
/** Transactions of one life, at most, and a moment inside the next one. */
const mostTransactions = 30;
const longestTransactionMs = 15;

export async function run({ seed, n = fullSize, report }: ProofOptions): Promise<ProofResult> {
  const random = createSeededRandom(seed).next;
  await using folder = await makeTemporaryFolder('kill');
  const dataDir = `${folder.path}/database`;
  const counted = { kills: 0, killsWhileOpening: 0, acknowledged: 0, inFlightKept: 0, lost: 0, half: 0, didNotOpen: 0 };
  let acknowledged = 0;

  /** One life of the writer: killed at some moment, or only asked what is there. */
  const live = async (kill: 'opening' | 'writing' | 'no') => {
    const before = acknowledged;
    await using child = await spawnLines(process.execPath, ['--disable-warning=ExperimentalWarning', writer, dataDir], {
      onLine: (line) => {
        const [, number] = /^written (\d+)$/.exec(line) ?? [];
        if (number) acknowledged = Number(number);
      },
    });
    const end = async (afterMs: number) => {
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.child.kill('SIGKILL');
      await child.exit;
    };
    if (kill === 'opening') {
      await end(random() * 1_500);
      counted.killsWhileOpening += 1;
      return;
    }
    let found: Found;
    try {
      const [, text = ''] = await child.waitForLine(/^found (.+)$/, patienceMs);
      found = JSON.parse(text) as Found;
    } catch (error) {
      counted.didNotOpen += 1;
      report(String(error));
      return;
    }
    const { head, heads, beyond, incomplete, torn, audited, auditBroken } = found;
    // the transaction in flight may have been committed and not yet acknowledged
    if (head < before) counted.lost += before - head;
    if (before > 0 && head === before + 1) counted.inFlightKept += 1;
    const isWhole =
      heads === 1 && beyond + incomplete + torn + auditBroken === 0 && audited === head && head <= before + 1;
    if (!isWhole) {
      counted.half += 1;
      report(`not whole: ${JSON.stringify({ ...found, acknowledged: before })}`);
    }
    acknowledged = Math.max(acknowledged, head);
    if (kill === 'no') return void (await child.stop());
    const last = head + Math.floor(random() * mostTransactions);
    if (last > head) await child.waitForLine(new RegExp(`^written ${last}$`), patienceMs);
    await end(random() * longestTransactionMs);
  };

  while (counted.kills < n) {
    await live(random() < earlyShare ? 'opening' : 'writing');
    counted.kills += 1;
    if (counted.kills % 10 === 0) report(`${counted.kills} kills, ${acknowledged} transactions acknowledged`);
  }
  await live('no');
  counted.acknowledged = acknowledged;
  const holds = counted.lost === 0 && counted.half === 0 && counted.didNotOpen === 0 && acknowledged > 0;
  return { n, counted, holds };
}
