/** Gathers the types of all modules. Each module adds its line here. */
import { builder } from '../kit/builder.ts';
import './error-types.ts';
import { assertEveryFieldHasRule } from './rules.ts';

builder.queryType({ description: 'What can be asked.' });

export const schema = builder.toSchema({ sortSchema: true });

assertEveryFieldHasRule(schema);
