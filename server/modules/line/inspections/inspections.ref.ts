/** The types of inspections by name, so that other modules can point to them. */
import { builder } from '../../../kit/builder.ts';
import type { ReadInspection, StatsRow } from './inspections.service.ts';
import type { CaptureReason, VerdictName } from './inspections.table.ts';

export const InspectionRef = builder.objectRef<ReadInspection>('Inspection');
export const InspectionStatsRef = builder.objectRef<StatsRow>('InspectionStats');

export const VerdictEnum = builder.enumType('Verdict', {
  description: 'What a model says of a part.',
  values: {
    PASS: { value: 'pass' as VerdictName, description: 'Good.' },
    REJECT: { value: 'reject' as VerdictName, description: 'Above the reject threshold: the gate takes it out.' },
    UNCERTAIN: { value: 'uncertain' as VerdictName, description: 'Too near to the threshold to tell.' },
  },
});

export const CaptureReasonEnum = builder.enumType('CaptureReason', {
  description: 'What the probability of keeping an image comes from, the strongest where several apply.',
  values: {
    REJECT: { value: 'reject' as CaptureReason, description: 'The part is a reject.' },
    UNCERTAIN: { value: 'uncertain' as CaptureReason, description: 'The model cannot tell.' },
    QUOTA: { value: 'quota' as CaptureReason, description: 'Images of these conditions are wanted.' },
    AUDIT: { value: 'audit' as CaptureReason, description: 'Every part has at least this chance.' },
    ALL: { value: 'all' as CaptureReason, description: 'Every image is kept.' },
  },
});
