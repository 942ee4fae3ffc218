/** One vocabulary of states and modes: PackML's own nodeset, the simulated machine, what an edge node makes of it, and the server's rule. */
import { readFileSync } from 'node:fs';
import { nodesets } from 'node-opcua-nodesets';
import { describe, expect, it } from 'vitest';
import { packmlName } from '../../edge/devices/packml-names.ts';
import { isProductionLost, packmlMode, packmlModes, packmlState, packmlStates } from '../../schema/packml.ts';
import { alarmDefinitions, isSuppressedByDesign } from '../../server/modules/line/alarms/alarm-definitions.ts';
import { STATE_NUMBER } from '../plant/packml-state.ts';

const xml = readFileSync(nodesets.packML, 'utf8');
const [, modeFields = ''] = /<Definition Name="1:ProductionMaintenanceModeEnum">(.*?)<\/Definition>/s.exec(xml) ?? [];
const publishedModes = [...modeFields.matchAll(/<Field Name="(\w+)" Value="(\d+)"/g)].map(
  ([, name = '', number]) => [name, Number(number)] as const,
);
const spellings = (word: string) => [word, word.toUpperCase(), word.toLowerCase(), ` ${word} `];

describe('the words of a machine', () => {
  it('are those of the published modes, by number and name', () => {
    expect(publishedModes.map(([name]) => name)).toEqual([...packmlModes]);
    for (const [name, number] of publishedModes) {
      expect(packmlName('machineMode', number)).toBe(name);
      for (const word of [...spellings(name), `${name} mode`, `${name.toUpperCase()}_MODE`])
        expect(packmlName('machineMode', word), word).toBe(name);
    }
    for (const number of [-1, 1.5, publishedModes.length, 31])
      expect(packmlName('machineMode', number)).toBeUndefined();
  });

  it('are those of the states that the machine numbers and names', () => {
    expect(Object.keys(STATE_NUMBER)).toEqual([...packmlStates]);
    for (const [name, number] of Object.entries(STATE_NUMBER)) {
      expect(packmlName('machineState', number)).toBe(name);
      for (const word of spellings(name)) expect(packmlName('machineState', word), word).toBe(name);
    }
    for (const number of [0, 18, 2.5]) expect(packmlName('machineState', number)).toBeUndefined();
  });

  it('hide gate alarms by what the node sends only in maintenance and manual mode, while the machine stands', () => {
    const hidden = publishedModes.flatMap(([, modeNumber]) =>
      Object.values(STATE_NUMBER).flatMap((stateNumber) => {
        const state = packmlName('machineState', stateNumber) ?? null;
        const mode = packmlName('machineMode', modeNumber) ?? null;
        const isHidden = isSuppressedByDesign(alarmDefinitions.GATE_NOT_CONFIRMED, { state, mode, isTrusted: true });
        return isHidden ? [`${mode} ${state}`] : [];
      }),
    );
    expect(hidden).toEqual(
      ['Maintenance', 'Manual'].flatMap((mode) => ['Stopped', 'Idle', 'Aborted'].map((state) => `${mode} ${state}`)),
    );
  });

  it('of others mean nothing', () => {
    for (const word of [
      undefined,
      null,
      '',
      'mode',
      'toString',
      '__proto__',
      'Wartung',
      'Not Manual',
      '2',
      'Manual 2',
    ]) {
      expect(packmlMode(word)).toBeUndefined();
      expect(packmlState(word)).toBeUndefined();
      expect(isProductionLost(word)).toBe(false);
    }
    expect(packmlName('batchCode', 'held')).toBeUndefined();
    expect(packmlName('batchCode', 2)).toBeUndefined();
  });
});
