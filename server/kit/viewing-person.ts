/** The person who asks. */
import type { Context } from './context.ts';

/** Throws for a machine: the roles of the field keep machines out, this says so again. */
export function viewingPerson({ viewer }: Pick<Context, 'viewer'>): string {
  if (viewer.kind !== 'person') throw new Error('This act takes a person.');
  return viewer.personId;
}
