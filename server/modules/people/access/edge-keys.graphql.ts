/** Enrolling edge nodes and changing their keys: names and shapes only; the rules are in `edge-keys.service.ts`. */
import { ADMINISTRATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { EdgeNodeRef } from '../../plant/parts/plants.ref.ts';
import { WrongCredentialsError } from './access.errors.ts';
import { TokenRef } from './access.ref.ts';
import {
  type CreatedEnrolmentCode,
  createEnrolmentCode,
  enrolEdgeNode,
  enrolmentCodeExpiry,
  rotateEdgeNodeKey,
} from './edge-keys.service.ts';
import { loadTokensOfNode } from './tokens.service.ts';

const administrators = { roles: ADMINISTRATORS };
const publicKeyText = 'Ed25519, SPKI in DER, as base64.';

builder.objectFields(EdgeNodeRef, (t) => ({
  tokens: t.field({
    type: [TokenRef],
    authScopes: administrators,
    description: 'Its keys and secrets, ended ones too, oldest first.',
    resolve: (node, _args, context) => loadTokensOfNode(context, node),
  }),
  enrolmentCodeExpiresAt: t.field({
    type: 'DateTime',
    nullable: true,
    authScopes: administrators,
    description: 'Until when a code that nobody has used would enrol it; null when there is none.',
    resolve: (node, _args, context) => enrolmentCodeExpiry(context, node.id),
  }),
}));

const CreatedEnrolmentCodeRef = builder.objectRef<CreatedEnrolmentCode>('CreatedEnrolmentCode');
CreatedEnrolmentCodeRef.implement({
  description: 'A code that enrols an edge node. It is shown this once.',
  authScopes: administrators,
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'Put it into the node’s configuration as server.enrolmentCode, or into LEHR_ENROLMENT_CODE.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it is good.' }),
    edgeNode: t.field({ type: EdgeNodeRef, description: 'The node.', resolve: ({ edgeNode }) => edgeNode }),
  }),
});

/** What a node is told of its key: it may not be signed in with it yet. */
class NodeKey {
  readonly tokenId: string;
  constructor(tokenId: string) {
    this.tokenId = tokenId;
  }
}

const NodeKeyRef = builder.objectType(NodeKey, {
  name: 'NodeKey',
  description: 'A node’s key as the server has taken it.',
  authScopes: { public: true },
  fields: (t) => ({
    tokenId: t.id({
      description: 'The id of the Token as which people see it. What the node signs is said in schema/node-key.ts.',
      resolve: ({ tokenId }) => encodeGlobalId('Token', tokenId),
    }),
  }),
});

const EnrolEdgeNodeInput = builder.inputType('EnrolEdgeNodeInput', {
  description: 'A node that has a code.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'From createEnrolmentCode.' }),
    publicKey: t.string({ required: true, description: publicKeyText }),
    proof: t.string({
      required: true,
      description: 'Signature of "lehr enrol 1", the code and the public key as given, a line each; base64.',
    }),
  }),
});

const RotateEdgeNodeKeyInput = builder.inputType('RotateEdgeNodeKeyInput', {
  description: 'The next key of the node that asks.',
  fields: (t) => ({
    publicKey: t.string({ required: true, description: publicKeyText }),
    proof: t.string({
      required: true,
      description:
        'Signature, with the next key, of "lehr rotate 1", the present public key and the next one as given, a line each; base64.',
    }),
  }),
});

builder.mutationFields((t) => ({
  createEnrolmentCode: t.field({
    type: CreatedEnrolmentCodeRef,
    authScopes: administrators,
    description:
      'Makes a code with which an edge node enrols itself once; the code before it is good no longer. For administrators of the plant.',
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { edgeNodeId: t.arg.id({ required: true, description: 'The node.' }) },
    resolve: (_root, { edgeNodeId }, context) => createEnrolmentCode(context, edgeNodeId),
  }),
  enrolEdgeNode: t.field({
    type: NodeKeyRef,
    authScopes: { public: true },
    description:
      'Takes the key of a node that has a code; the keys that the node had end. Once more with the same key gives the same answer.',
    errors: { types: [WrongCredentialsError, InvalidInputError, ConflictError] },
    args: { input: t.arg({ type: EnrolEdgeNodeInput, required: true, description: 'Code, key and proof.' }) },
    resolve: async (_root, { input }, context) => new NodeKey((await enrolEdgeNode(context, input)).id),
  }),
  rotateEdgeNodeKey: t.field({
    type: NodeKeyRef,
    authScopes: { roles: ['edge_node'] },
    description:
      'Takes the next key of the node that asks. The present one ends when the next one is first used, or after a time of grace.',
    errors: { types: [InvalidInputError, ConflictError] },
    args: { input: t.arg({ type: RotateEdgeNodeKeyInput, required: true, description: 'Key and proof.' }) },
    resolve: async (_root, { input }, context) => new NodeKey((await rotateEdgeNodeKey(context, input)).id),
  }),
}));
