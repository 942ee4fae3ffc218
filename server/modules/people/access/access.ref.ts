/** The access module's types by name, so that other modules can point to them. */
import { builder } from '../../../kit/builder.ts';
import type { Principal, Rights } from '../../../kit/rights.ts';
import type { PersonRow, TokenRow } from './access.table.ts';

export const PersonRef = builder.objectRef<PersonRow>('Person');
export const TokenRef = builder.objectRef<TokenRow>('Token');
export const MembershipRef = builder.objectRef<{ plantId: string; roles: string[] }>('Membership');
export const ViewerRef = builder.objectRef<{ principal: Principal; rights: Rights }>('Viewer');

export const RoleRef = builder.enumType('Role', {
  description: 'What a person may do in a plant.',
  values: {
    VIEWER: { value: 'viewer', description: 'Reads everything of the plant.' },
    OPERATOR: { value: 'operator', description: 'Runs the line: acknowledges, answers, reports false rejects.' },
    QUALITY_ENGINEER: { value: 'quality_engineer', description: 'Reviews images, sets limits, reads lots.' },
    ML_ENGINEER: { value: 'ml_engineer', description: 'Makes datasets and trains models.' },
    APPROVER: { value: 'approver', description: 'Signs model versions.' },
    ADMINISTRATOR: { value: 'administrator', description: 'Sets up the plant, its people and its tokens.' },
  } as const,
});

export const TokenRoleRef = builder.enumType('TokenRole', {
  description: 'What a machine may do in a plant.',
  values: {
    EDGE_NODE: { value: 'edge_node', description: 'An edge node: records inspections and reports its state.' },
    MES: { value: 'mes', description: 'Manufacturing execution: reads and subscribes.' },
  } as const,
});
