/** One import as the screen asks for it. */
import type { ResultOf } from 'gql.tada';
import type { SetImport } from './exchange.documents.ts';

export type ImportNode = Extract<NonNullable<ResultOf<typeof SetImport>['node']>, { __typename: 'DatasetImport' }>;
