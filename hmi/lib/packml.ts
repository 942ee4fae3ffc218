/** The state of a machine on the screens: PackML's word in capitals, any other as the machine says it. */
import { isProductionLost, packmlState } from '#schema/packml.ts';

export function stateWord(state: string | null | undefined): string | undefined {
  const word = (packmlState(state) ?? state)?.trim().toUpperCase();
  return word ? word : undefined;
}

export function isAbnormalState(state: string | null | undefined): boolean {
  return isProductionLost(state);
}
