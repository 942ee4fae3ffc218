/** Signals by name, so that other modules can point to them. */
import { builder } from '../../../kit/builder.ts';
import type { SignalQuality, StoredSignal } from './stored-signal.ts';

export interface NamedSignal extends StoredSignal {
  name: string;
}

export const SignalRef = builder.objectRef<NamedSignal>('Signal');

export const QualityEnum = builder.enumType('Quality', {
  description: 'How far a value can be trusted.',
  values: {
    GOOD: { value: 'good' as SignalQuality, description: 'As the source says.' },
    STALE: { value: 'stale' as SignalQuality, description: 'Was good, but nothing has been heard since.' },
    BAD: { value: 'bad' as SignalQuality, description: 'The source itself says that it is not to be trusted.' },
  },
});

export const SignalInputRef = builder.inputType('SignalInput', {
  description: 'One signal of the machine with the quality and time of its source (OPC UA).',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name in the node’s mapping.' }),
    value: t.field({ type: 'JSON', description: 'Its value; null when there is none.' }),
    unit: t.string({ description: 'Unit of the value.' }),
    quality: t.field({ type: QualityEnum, required: true, description: 'How far it can be trusted.' }),
    sourceTime: t.field({ type: 'DateTime', description: 'When the source took it, by the source’s clock.' }),
    isAmbiguous: t.boolean({
      description:
        'The capture lies so near a change, by sampling interval and clock uncertainty, that the value may be the one before or after; left out: it does not.',
    }),
  }),
});
