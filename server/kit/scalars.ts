/** Our own scalars. */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const sha256Pattern = /^[0-9a-f]{64}$/;

function parseSha256(value: unknown): string {
  if (typeof value === 'string' && sha256Pattern.test(value)) return value;
  throw new GraphQLError('Sha256 takes 64 lower-case hexadecimal digits.');
}

/** In: text. Out: the 32 bytes as the database gives them, or text. */
export const Sha256Scalar = new GraphQLScalarType<string, string>({
  name: 'Sha256',
  description: '64 lower-case hexadecimal digits.',
  serialize: (value) => parseSha256(Buffer.isBuffer(value) ? value.toString('hex') : value),
  parseValue: parseSha256,
  parseLiteral: (node) => parseSha256(node.kind === Kind.STRING ? node.value : undefined),
});

const longestCursor = 200;

function parseStreamCursor(value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= longestCursor) return value;
  throw new GraphQLError('StreamCursor takes a cursor as the stream returned it.');
}

export const StreamCursorScalar = new GraphQLScalarType<string, string>({
  name: 'StreamCursor',
  description: 'Opaque position in a lossless stream; pass it back as `after`.',
  serialize: parseStreamCursor,
  parseValue: parseStreamCursor,
  parseLiteral: (node) => parseStreamCursor(node.kind === Kind.STRING ? node.value : undefined),
});
