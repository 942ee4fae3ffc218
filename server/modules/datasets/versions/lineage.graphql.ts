/** Lineage in the schema, both ways: from a verdict to the people behind it, and from an image to every verdict of what it taught. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { PoolImageRef } from '../../images/pool/pool.ref.ts';
import { loadPoolImage } from '../../images/pool/pool.service.ts';
import { ImageRef } from '../../images/store/images.ref.ts';
import { LabelDecisionRef } from '../../labelling/annotations/annotations.ref.ts';
import { DefectBookRef } from '../../labelling/defect-book/defect-book.ref.ts';
import { findDefectBook } from '../../labelling/defect-book/defect-book.service.ts';
import { DatasetItemRef, DatasetVersionRef } from './datasets.ref.ts';
import { loadDatasetVersion } from './datasets.service.ts';
import { loadDecision, versionsOfImage } from './lineage.service.ts';

const readers = { roles: READERS };
const first = { description: 'At most so many; a page unless told.' };
const heldBy = 'The dataset versions that hold it, the newest first.';

builder.objectField(ImageRef, 'datasetVersions', (t) =>
  t.field({
    type: [DatasetVersionRef],
    description: heldBy,
    authScopes: readers,
    args: { first: t.arg.int(first) },
    resolve: (image, args, context) => versionsOfImage(context, image.plant_id, image.sha256, args.first),
  }),
);

builder.objectField(PoolImageRef, 'datasetVersions', (t) =>
  t.field({
    type: [DatasetVersionRef],
    description: heldBy,
    authScopes: readers,
    args: { first: t.arg.int(first) },
    resolve: (image, args, context) => versionsOfImage(context, image.plant_id, image.image_sha256, args.first),
  }),
);

builder.objectFields(DatasetItemRef, (t) => ({
  decision: t.field({
    type: LabelDecisionRef,
    description: 'What lets it in: who said what.',
    resolve: (item, _args, context) => loadDecision(context, item.decision_id),
  }),
  poolImage: t.field({
    type: PoolImageRef,
    nullable: true,
    description: 'The image with what is known of it.',
    resolve: (item, _args, context) => loadPoolImage(context, item.plant_id, item.image_sha256),
  }),
}));

builder.objectFields(DatasetVersionRef, (t) => ({
  basedOn: t.field({
    type: DatasetVersionRef,
    nullable: true,
    description: 'The version that it goes on from.',
    resolve: (version, _args, context) =>
      version.based_on_id === null ? null : loadDatasetVersion(context, version.based_on_id),
  }),
  book: t.field({
    type: DefectBookRef,
    nullable: true,
    description: 'The definitions that its labels are read by; null: the plant had none.',
    resolve: (version, _args, context) => (version.book_id === null ? null : findDefectBook(context, version.book_id)),
  }),
}));
