/** The state of a machine as the screens write it: PackML's word in capitals, any other as the machine says it. */
import { packmlState } from '#schema/packml.ts';

export function stateWord(state: string | null | undefined): string | undefined {
  const word = (packmlState(state) ?? state)?.trim().toUpperCase();
  return word ? word : undefined;
}
