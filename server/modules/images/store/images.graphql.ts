/** Images in the schema: names and shapes only. */
import { READERS } from '../../../kit/access.ts';
import { imageUrl } from '../../../kit/paths.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { ImageRef } from './images.ref.ts';

ImageRef.implement({
  description: 'An image of a plant, stored under the hash of its bytes.',
  authScopes: { roles: READERS },
  fields: (t) => ({
    sha256: t.expose('sha256', { type: 'Sha256', description: 'SHA-256 of its bytes.' }),
    format: t.exposeString('format', { description: 'png, jpeg or webp.' }),
    sizeBytes: t.exposeInt('size_bytes', { description: 'Size of the file.' }),
    width: t.exposeInt('width', { description: 'In pixels.' }),
    height: t.exposeInt('height', { description: 'In pixels.' }),
    receivedAt: t.expose('received_at', { type: 'DateTime', description: 'When it arrived.' }),
    deletedAt: t.expose('deleted_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When retention took the file away; null while it is there.',
    }),
    url: t.string({
      description: 'Path on this server; add `?w=320` for a thumbnail.',
      resolve: async (image, _args, context) =>
        imageUrl((await loadPart(context, 'plant', image.plant_id)).code, image.sha256.toString('hex')),
    }),
  }),
});
