/** What may go wrong: how it begins and ends, on which lines it can, and what it may go together with. */
import type { SeededRandom } from '../../../support/seeded-random.ts';
import type { Act, MachinePlan, Switches } from '../machine-messages.ts';
import type { Mistake } from '../node-config.ts';

/** What a behaviour can do to a line. */
export interface LineHands {
  readonly plan: MachinePlan;
  readonly random: SeededRandom;
  set(switches: Partial<Switches>): Promise<void>;
  act(act: Act): Promise<void>;
  /** The controller's, as it was left by earlier disturbances. */
  readonly clock: { aheadMs: number };
  /** SIGKILL, as soon as a command is on; resolves when it is gone. */
  killNodeInPulse(): Promise<void>;
  /** As a process that gets no time: SIGSTOP and SIGCONT. */
  haltNode(): void;
  resumeNode(): void;
  /** Ends the node as a person would and starts it with another configuration. */
  restartNode(mistake: Mistake | undefined): Promise<void>;
  startNode(): Promise<void>;
}

export interface Behaviour {
  readonly name: string;
  /** Of the list of what machines do, e.g. A2. */
  readonly item: string;
  readonly fits: (plan: MachinePlan) => boolean;
  /** How long it lasts. */
  readonly seconds: readonly [number, number];
  /** Two of one group do not go together; those of group `alone` go with none. */
  readonly group: 'camera' | 'counting' | 'belt' | 'wire' | 'gate' | 'context' | 'alone';
  /** Whether parts may pass that the machine's own counting does not tell of. */
  readonly hidesParts: (plan: MachinePlan) => boolean;
  /** After its end the line is disturbed until the node hears the machine again. */
  readonly breaksConnection?: boolean;
  readonly begin: (line: LineHands) => void | Promise<void>;
  readonly end: (line: LineHands) => void | Promise<void>;
}

export const onAll = (): boolean => true;
export const never = (): boolean => false;
/** Only a counter says what came while nobody listened. */
export const unlessCounter = ({ trigger }: MachinePlan): boolean => trigger !== 'counter';

export function between([least, most]: readonly [number, number], random: SeededRandom): number {
  return least + random.next() * (most - least);
}

/** Switches that are set for as long as it lasts. */
export function switched(
  on: Partial<Switches> | ((line: LineHands) => Partial<Switches>),
  off: Partial<Switches>,
): Pick<Behaviour, 'begin' | 'end'> {
  return {
    begin: (line) => line.set(typeof on === 'function' ? on(line) : on),
    end: (line) => line.set(off),
  };
}
