/** Signals of machines: names and shapes only. */
import { READERS } from '../../../kit/access.ts';
import { QualityEnum, SignalRef } from './signals.ref.ts';

SignalRef.implement({
  description: 'One signal of the machine with the quality and time of its source (OPC UA).',
  authScopes: { roles: READERS },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the node’s mapping.' }),
    value: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Its value.',
      resolve: (signal) => signal.value ?? null,
    }),
    unit: t.exposeString('unit', { nullable: true, description: 'Unit of the value.' }),
    quality: t.expose('quality', { type: QualityEnum, description: 'How far it can be trusted.' }),
    sourceTime: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the source took it, by the source’s clock.',
      resolve: ({ sourceTime }) => (sourceTime === null ? null : new Date(sourceTime)),
    }),
    isAmbiguous: t.boolean({
      description: 'Whether it was changing so near the capture that the value may be the one before or after.',
      resolve: ({ isAmbiguous }) => isAmbiguous === true,
    }),
  }),
});
