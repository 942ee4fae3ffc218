/** The interface of every refusal in the schema; modules name it for their own. */
import { builder } from './builder.ts';
import type { DomainError } from './errors.ts';

export const ErrorRef = builder.interfaceRef<DomainError>('Error');
