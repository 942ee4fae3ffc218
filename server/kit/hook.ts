/** An act or a question that a lower module names and a higher one carries out, so that the lower one need not import it. */

/** Calls what is connected. Throws when nothing is: `server/wiring.ts` connects every hook. */
export type Hook<Act extends (...values: never[]) => unknown> = Act & { connect(act: Act): void };

export function defineHook<Values extends unknown[], Result>(name: string): Hook<(...values: Values) => Result> {
  let connected: ((...values: Values) => Result) | undefined;
  const call = (...values: Values): Result => {
    if (!connected) throw new Error(`Nothing is connected to the hook "${name}": import server/wiring.ts.`);
    return connected(...values);
  };
  return Object.assign(call, {
    connect(act: (...values: Values) => Result) {
      connected = act;
    },
  });
}
