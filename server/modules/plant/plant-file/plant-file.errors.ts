/** The refusal of a plant model file as a whole. */
import { DomainError } from '../../../kit/errors.ts';
import type { ModelProblem } from './read-model.ts';

/** Nothing of the file was taken; each problem says where it is and what to do. */
export class PlantModelRefusedError extends DomainError {
  readonly code = 'PLANT_MODEL_REFUSED';
  readonly problems: readonly ModelProblem[];

  constructor(problems: readonly ModelProblem[]) {
    const [first] = problems;
    super(
      first
        ? `The file was not taken: line ${first.line}, ${first.field}: ${first.remedy}.`
        : 'The file was not taken.',
    );
    this.problems = problems;
  }
}
