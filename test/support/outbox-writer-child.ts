/** Puts results into an outbox as fast as it takes them and says which are safe, until it is killed. Arguments: home, number of the first. */
import { openOutbox } from '../../edge/uplink/outbox.ts';
import { outboxEntry, outboxLimits } from '../edge/kit/outbox-entries.ts';

const [home = '', first = '0'] = process.argv.slice(2);
const outbox = await openOutbox(home, outboxLimits({ maxImageBytes: 400_000 }));
let number = Number(first);
await Promise.all(
  Array.from({ length: 8 }, async () => {
    for (;;) {
      const own = number++;
      const entry = outboxEntry(own, { imageBytes: 20_000, verdict: own % 3 === 0 ? 'REJECT' : 'PASS' });
      await outbox.put(entry);
      process.stdout.write(`safe ${entry.id}\n`);
    }
  }),
);
