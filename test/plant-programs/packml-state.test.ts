/** The state model against the transition table that the OPC Foundation publishes with its PackML nodeset. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { nodesets } from 'node-opcua-nodesets';
import { describe, expect, it } from 'vitest';
import {
  nestedStates,
  nextState,
  PACKML_COMMANDS,
  PACKML_STATES,
  type PackMlEvent,
  type PackMlState,
  STATE_NUMBER,
} from '../plant/packml-state.ts';

interface Node {
  readonly name: string;
  readonly references: readonly { type: string; to: string }[];
}

const xml = readFileSync(nodesets.packML, 'utf8');
const nodes = new Map(
  [...xml.matchAll(/<UA(?:Object|Method|Variable) NodeId="([^"]+)" BrowseName="(?:1:)?([^"]+)"[^>]*>(.*?)<\/UA/gs)].map(
    ([, id = '', name = '', body = '']): [string, Node] => [
      id,
      {
        name,
        references: [...body.matchAll(/<Reference ReferenceType="(\w+)">([^<]+)</g)].map(([, type = '', to = '']) => ({
          type,
          to,
        })),
      },
    ],
  ),
);
const nameAt = (node: Node, type: string): string | undefined =>
  nodes.get(node.references.find((reference) => reference.type === type)?.to ?? '')?.name;

/** From, event, to, as published: three nested machines whose composite states stand for several of ours. */
const published = [...nodes.values()].flatMap((node) => {
  const [from, to] = [nameAt(node, 'FromState'), nameAt(node, 'ToState')];
  return from && to ? [{ from, to, event: (nameAt(node, 'HasCause') ?? 'StateComplete') as PackMlEvent }] : [];
});
/** The states of ours that are inside of a published state. */
function inside(name: string): PackMlState[] {
  return PACKML_STATES.filter((state) => {
    const { base, machine, execute } = nestedStates(state);
    return base === name || machine === name || execute === name;
  });
}

describe('the PackML state model', () => {
  it('has every transition of the published table', () => {
    expect(published.length).toBeGreaterThan(20);
    for (const { from, to, event } of published) {
      for (const state of inside(from)) {
        const next = nextState(state, event);
        expect({ state, event, next, isIn: next && inside(to).includes(next) }).toEqual({
          state,
          event,
          next: expect.any(String),
          isIn: true,
        });
      }
    }
  });

  it('has no transition that the published table lacks', () => {
    for (const state of PACKML_STATES) {
      for (const event of [...PACKML_COMMANDS, 'StateComplete'] as const) {
        const next = nextState(state, event);
        if (next === undefined) continue;
        const isPublished = published.some(
          (row) => row.event === event && inside(row.from).includes(state) && inside(row.to).includes(next),
        );
        expect({ state, event, next, isPublished }).toEqual({ state, event, next, isPublished: true });
      }
    }
  });

  it('numbers its states as the nodeset does', () => {
    for (const [state, number] of Object.entries(STATE_NUMBER)) {
      const id = [...nodes].find(
        ([, node]) => node.name === state && nodes.get(propertyOf(node))?.name === 'StateNumber',
      );
      const value = new RegExp(`NodeId="${id && propertyOf(id[1])}".*?UInt32[^>]*>(\\d+)<`, 's').exec(xml)?.[1];
      expect(`${state} ${value}`).toBe(`${state} ${number}`);
    }
  });

  it('comes back to Execute from wherever commands have taken it', () => {
    const events = fc.array(fc.constantFrom<PackMlEvent>(...PACKML_COMMANDS, 'StateComplete'), { maxLength: 40 });
    fc.assert(
      fc.property(events, (sequence) => {
        let state = sequence.reduce<PackMlState>((at, event) => nextState(at, event) ?? at, 'Execute');
        for (let step = 0; step < 12 && state !== 'Execute'; step++) {
          state =
            (['StateComplete', 'Clear', 'Reset', 'Start', 'Unhold', 'Unsuspend'] as const)
              .map((event) => nextState(state, event))
              .find((next) => next !== undefined) ?? state;
        }
        expect(state).toBe('Execute');
      }),
    );
  });
});

function propertyOf(node: Node): string {
  return node.references.find(({ type }) => type === 'HasProperty')?.to ?? '';
}
