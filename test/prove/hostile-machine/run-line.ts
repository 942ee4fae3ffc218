/** One line from its first part to its last: disturbances as they are drawn, calm stretches between them, and what was and was told as the result. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { BEHAVIOURS, drawDisturbances } from './behaviours/all-behaviours.ts';
import { type Behaviour, between, type LineHands } from './behaviours/behaviour.ts';
import { startMachine } from './line-machine.ts';
import { createLineNode } from './line-node.ts';
import { planOf } from './line-plans.ts';
import type { LineTold, LineTruth, Stretch } from './line-record.ts';
import { type MachinePlan, steadyMs } from './machine-messages.ts';

const START_MS = 60_000;
const CALM_S = [5, 9] as const;
const PAIR_SHARE = 0.2;
/** A node that has not come back then hangs. */
const BACK_MS = 30_000;
const DRAIN_MS = 60_000;
const PULSE_MS = 20_000;
const LOOK_MS = 100;
/** Parts under way reach the gate, and what is told of them the server. */
const SETTLE_MS = 4_000;

export interface LineRun {
  plan: MachinePlan;
  truth: LineTruth;
  told: LineTold;
  /** The node's last lines, for people who look for a cause. */
  output: readonly string[];
}

export interface LineOptions {
  plan: Parameters<typeof planOf>[0];
  folder: string;
  seed: number;
  parts: number;
  /** Only these behaviours; all that fit the line otherwise. */
  only: readonly string[] | undefined;
  report(line: string): void;
}

export async function runLine({
  plan: linePlan,
  folder: root,
  seed,
  parts,
  only,
  report,
}: LineOptions): Promise<LineRun> {
  const folder = join(root, linePlan.line);
  await mkdir(folder, { recursive: true });
  const plan = planOf(linePlan, folder, seed);
  const random = createSeededRandom(seed);
  const stretches: Stretch[] = [];
  const clock = { aheadMs: 0 };
  const machine = await startMachine(plan);
  const node = await createLineNode(folder, plan, machine);
  try {
    await node.start();
    if (!(await node.isConnected(START_MS))) throw new Error(`line ${plan.line}: the node does not reach its machine`);
    await machine.set({ isFeeding: true });
    const fitting = BEHAVIOURS.filter((entry) => entry.fits(plan) && (!only || only.includes(entry.name)));
    let waiting: Behaviour[][] = [];
    while (machine.triggered < parts) {
      await sleep(1_000 * between(CALM_S, random));
      if (waiting.length === 0) waiting = drawDisturbances(fitting, random.shuffle, () => random.next() < PAIR_SHARE);
      const next = waiting.shift();
      if (next) await disturb(next);
    }
    await machine.set({ isFeeding: false });
    await sleep(SETTLE_MS);
    while (machine.parts.length < machine.triggered) await sleep(LOOK_MS);
    if (!(await node.isDrained(DRAIN_MS))) node.hangs('what it has to tell is not sent');
    const waits = [...machine.waits, ...node.waits()];
    const { parts: passed, pictures } = machine;
    return {
      plan,
      truth: { line: plan.line, parts: passed, pictures, stretches, waits },
      told: node.told(),
      output: [...node.output],
    };
  } finally {
    await node.stop();
    await machine.stop();
  }

  async function disturb(behaviours: Behaviour[]): Promise<void> {
    const names = behaviours.map(({ name }) => name);
    const stretch: Stretch = {
      behaviours: names,
      fromMs: steadyMs(),
      toMs: Number.POSITIVE_INFINITY,
      hidesParts: behaviours.some(({ hidesParts }) => hidesParts(plan)),
    };
    stretches.push(stretch);
    const hands = handsOf(stretch);
    for (const { begin } of behaviours) await begin(hands);
    await sleep(1_000 * Math.max(...behaviours.map(({ seconds }) => between(seconds, random))));
    for (const { end } of behaviours.toReversed()) await end(hands);
    if (behaviours.some(({ breaksConnection }) => breaksConnection)) await comesBack(names);
    stretch.toMs = steadyMs();
    if (stretch.withoutNode) stretch.withoutNode.toMs = Math.min(stretch.withoutNode.toMs, stretch.toMs);
    const seconds = Math.round((stretch.toMs - stretch.fromMs) / 1_000);
    report(`line ${plan.line}: ${machine.triggered} of ${parts} parts; ${names.join(' + ')}, ${seconds} s`);
  }

  async function comesBack(names: readonly string[]): Promise<void> {
    if (await node.worksAgain(BACK_MS)) return;
    node.hangs(`after ${names.join(' + ')} it did not follow the machine again within ${BACK_MS} ms`);
    await node.end('SIGKILL');
    await node.start();
    await node.worksAgain(BACK_MS);
  }

  function handsOf(stretch: Stretch): LineHands {
    const isGone = () => {
      stretch.withoutNode ??= { fromMs: steadyMs(), toMs: Number.POSITIVE_INFINITY };
    };
    const isBack = () => {
      if (stretch.withoutNode) stretch.withoutNode.toMs = steadyMs();
    };
    return {
      plan,
      random,
      clock,
      set: machine.set,
      act: machine.act,
      async killNodeInPulse() {
        await machine.commandOn(PULSE_MS);
        isGone();
        await node.end('SIGKILL');
      },
      haltNode: node.halt,
      resumeNode: node.resume,
      async startNode() {
        await node.start();
        await node.isConnected(BACK_MS);
        isBack();
      },
      async restartNode(mistake) {
        isGone();
        await node.end('SIGTERM');
        if (!(await node.start(mistake))) return report(`line ${plan.line}: the node refuses ${mistake}`);
        await node.isConnected(BACK_MS);
        isBack();
      },
    };
  }
}
