/** A small house with one forbidden import per wall, and imports beside it that the walls must let pass. */

export interface PlantedImport {
  wall: string;
  file: string;
  imports: string;
}

const wings = [
  ...['plant', 'people', 'line', 'images', 'labelling', 'datasets', 'models', 'sufficiency', 'releases', 'watch'],
  'outside',
];

/** From each wing to the next one, and to the last one. */
const upwardImports: PlantedImport[] = wings.slice(0, -1).flatMap((wing, index) =>
  [...new Set([wings[index + 1], 'outside'])].map((later) => ({
    wall: `${wing}-imports-no-later-wing`,
    file: `server/modules/${wing}/low/${later}.ts`,
    imports: `import type { A } from '../../${later}/high/a.ts';`,
  })),
);

/** Each file is written only here, so the file names the plant. `import type` is used where a type alone must be enough. */
export const forbiddenImports: PlantedImport[] = [
  { wall: 'every-import-resolves', file: 'server/kit/lost.ts', imports: "import { a } from './nowhere.ts';" },
  { wall: 'no-cycles', file: 'server/kit/chicken.ts', imports: "import { egg } from './egg.ts';" },
  { wall: 'packages-are-declared', file: 'server/kit/lucky.ts', imports: "import { a } from 'undeclared';" },
  { wall: 'product-runs-without-dev-packages', file: 'server/http/dev.ts', imports: "import { a } from 'vitest';" },
  {
    wall: 'schema-imports-nothing-of-ours',
    file: 'schema/ours.ts',
    imports: "import type { A } from '../server/kit/a.ts';",
  },
  { wall: 'schema-needs-few-packages', file: 'schema/heavy.ts', imports: "import { a } from 'kysely';" },
  { wall: 'migrations-import-only-kysely', file: 'migrations/0002.ts', imports: "import { a } from './0001.ts';" },
  { wall: 'migrations-import-only-kysely', file: 'migrations/0003.ts', imports: "import { readFile } from 'node:fs';" },
  {
    wall: 'server-apart-from-edge-and-hmi',
    file: 'server/http/edge.ts',
    imports: "import type { A } from '../../edge/uplink/a.ts';",
  },
  {
    wall: 'edge-apart-from-server-and-hmi',
    file: 'edge/uplink/server.ts',
    imports: "import type { A } from '../../server/kit/a.ts';",
  },
  {
    wall: 'hmi-apart-from-server-and-edge',
    file: 'hmi/lib/server.ts',
    imports: "import type { A } from '../../server/kit/a.ts';",
  },
  {
    wall: 'migrations-are-run-by-the-database-only',
    file: 'server/http/migration.ts',
    imports: "import { a } from '../../migrations/0001.ts';",
  },
  { wall: 'main-is-imported-by-nobody', file: 'server/http/main.ts', imports: "import { a } from '../main.ts';" },
  {
    wall: 'modules-stand-on-the-ground',
    file: 'server/modules/line/alarms/door.ts',
    imports: "import { a } from '../../../http/a.ts';",
  },
  {
    wall: 'modules-stand-in-wings',
    file: 'server/modules/alarms/flat.ts',
    imports: "import type { A } from '../../kit/a.ts';",
  },
  {
    wall: 'modules-stand-in-wings',
    file: 'server/modules/line/loose.ts',
    imports: "import type { A } from '../../kit/a.ts';",
  },
  ...upwardImports,
  {
    wall: 'modules-meet-at-their-doors',
    file: 'server/modules/line/alarms/sql.ts',
    imports: "import { a } from '../../plant/parts/parts.queries.ts';",
  },
  {
    wall: 'modules-meet-at-their-doors',
    file: 'server/modules/line/alarms/types.ts',
    imports: "import type { A } from '../../plant/parts/parts.graphql.ts';",
  },
  {
    wall: 'modules-meet-at-their-doors',
    file: 'server/modules/line/alarms/work.ts',
    imports: "import { a } from '../../plant/parts/parts.jobs.ts';",
  },
  {
    wall: 'modules-meet-at-their-doors',
    file: 'server/modules/line/alarms/neighbour.ts',
    imports: "import { a } from '../lines/lines.queries.ts';",
  },
  {
    wall: 'graphql-types-are-gathered-in-one-place',
    file: 'server/http/types.ts',
    imports: "import { a } from '../modules/plant/parts/parts.graphql.ts';",
  },
  {
    wall: 'modules-are-free-of-http',
    file: 'server/modules/line/alarms/web.ts',
    imports: "import { createServer } from 'node:http';",
  },
  {
    wall: 'modules-are-free-of-http',
    file: 'server/modules/line/alarms/socket.ts',
    imports: "import { a } from 'ws';",
  },
  {
    wall: 'configuration-is-passed-down',
    file: 'server/modules/line/alarms/settings.ts',
    imports: "import { config } from '../../../config.ts';",
  },
  {
    wall: 'configuration-knows-nothing-of-the-server',
    file: 'server/config.ts',
    imports: "import { a } from './kit/a.ts';",
  },
  {
    wall: 'ground-lies-below-modules-and-doors',
    file: 'server/kit/rule.ts',
    imports: "import type { A } from '../modules/plant/parts/parts.table.ts';",
  },
  {
    wall: 'ground-lies-below-modules-and-doors',
    file: 'server/live/door.ts',
    imports: "import { a } from '../graphql/a.ts';",
  },
  {
    wall: 'database-joins-tables-only',
    file: 'server/database/database.ts',
    imports:
      "import type { A } from '../modules/plant/parts/parts.table.ts'; import { b } from '../modules/plant/parts/parts.service.ts';",
  },
  { wall: 'maths-stands-alone', file: 'server/maths/plant.ts', imports: "import type { A } from '../kit/a.ts';" },
  {
    wall: 'onnx-stands-on-maths',
    file: 'server/onnx/plant.ts',
    imports: "import type { A } from '../kit/a.ts';",
  },
  { wall: 'live-lies-below-kit', file: 'server/live/kit.ts', imports: "import { a } from '../kit/a.ts';" },
  {
    wall: 'database-lies-below-kit-and-live',
    file: 'server/database/live.ts',
    imports: "import { a } from '../live/a.ts';",
  },
  {
    wall: 'features-know-no-other-feature',
    file: 'hmi/features/alarms/other.tsx',
    imports: "import { a } from '../lines/a.ts';",
  },
  {
    wall: 'features-stand-on-ui-and-lib',
    file: 'hmi/features/alarms/app.tsx',
    imports: "import { a } from '../../app.tsx';",
  },
  {
    wall: 'features-read-the-typed-graphql-only',
    file: 'hmi/features/alarms/contract.tsx',
    imports: "import { a } from '#schema/manifest.ts';",
  },
  { wall: 'ui-knows-no-data', file: 'hmi/ui/query.tsx', imports: "import { a } from '@urql/solid';" },
  { wall: 'ui-knows-no-data', file: 'hmi/ui/fragment.tsx', imports: "import { a } from '#schema/graphql.ts';" },
  { wall: 'ui-stands-on-lib', file: 'hmi/ui/feature.tsx', imports: "import { a } from '../features/lines/a.ts';" },
  { wall: 'lib-stands-alone', file: 'hmi/lib/widget.ts', imports: "import { a } from '../ui/a.tsx';" },
  { wall: 'hmi-runs-in-a-browser', file: 'hmi/lib/disk.ts', imports: "import { readFile } from 'node:fs';" },
  {
    wall: 'pipeline-knows-no-device-and-no-uplink',
    file: 'edge/pipeline/camera.ts',
    imports: "import type { A } from '../devices/a.ts';",
  },
  {
    wall: 'pipeline-knows-no-device-and-no-uplink',
    file: 'edge/pipeline/send.ts',
    imports: "import { a } from '../uplink/a.ts';",
  },
  {
    wall: 'pipeline-sees-the-model-as-a-type',
    file: 'edge/pipeline/model.ts',
    imports: "import { a } from '../models/a.ts';",
  },
  { wall: 'pipeline-needs-only-sharp', file: 'edge/pipeline/opcua.ts', imports: "import { a } from 'node-opcua';" },
  { wall: 'gate-knows-only-interfaces', file: 'edge/gate/send.ts', imports: "import { a } from '../uplink/a.ts';" },
  {
    wall: 'gate-knows-only-interfaces',
    file: 'edge/gate/judge.ts',
    imports: "import type { A } from '../models/a.ts';",
  },
  { wall: 'gate-needs-only-zod', file: 'edge/gate/opcua.ts', imports: "import { a } from 'node-opcua';" },
  { wall: 'test-is-imported-by-nobody', file: 'edge/devices/fake.ts', imports: "import { a } from '../../test/a.ts';" },
  {
    wall: 'plant-only-speaks-protocols',
    file: 'test/plant/shortcut.ts',
    imports: "import type { A } from '../../edge/devices/a.ts';",
  },
  {
    wall: 'model-runtime-is-loaded-in-one-place',
    file: 'edge/devices/infer.ts',
    imports: "import { a } from 'onnxruntime-node';",
  },
  {
    wall: 'model-runtime-is-loaded-in-one-place',
    file: 'server/modules/models/trainer/score.ts',
    imports: "import type { A } from 'onnxruntime-node';",
  },
];

/** What a working house needs; a wall that finds one of these is too high. */
export const allowedImports: Record<string, string> = {
  'schema/graphql.ts': "import { a } from 'gql.tada'; export { a };",
  'schema/manifest.ts': "import { readFile } from 'node:fs/promises'; import { a } from 'zod'; export { a, readFile };",
  'migrations/0001.ts': "import { a } from 'kysely'; export { a };",
  'server/main.ts':
    "import { config } from './config.ts'; import { a } from './graphql/schema.ts'; export { a, config };",
  'server/graphql/schema.ts': "import '../modules/plant/parts/parts.graphql.ts'; export const a = 1;",
  'server/graphql/a.ts': "import { a } from 'graphql-yoga'; import { createServer } from 'node:http'; export { a };",
  'server/http/a.ts': "import { a } from '../modules/plant/parts/parts.service.ts'; export { a };",
  'server/modules/plant/parts/parts.graphql.ts':
    "import { a } from './parts.service.ts'; import type { A } from '../../../kit/a.ts'; export { a };",
  'server/modules/plant/parts/parts.service.ts':
    "import { a } from './parts.queries.ts'; import { b } from '#schema/manifest.ts'; export { a };",
  'server/modules/plant/parts/parts.queries.ts':
    "import type { A } from '../../../database/handle.ts'; import type { B } from '../../../config.ts'; export const a = 1;",
  'server/modules/plant/parts/parts.jobs.ts': 'export const a = 1;',
  'server/modules/plant/parts/parts.table.ts': "import type { A } from 'kysely'; export type A = 1;",
  'server/modules/plant/parts/part-state.ts': 'export const a = 1;',
  'server/modules/line/lines/lines.queries.ts': 'export const a = 1;',
  'server/modules/line/lines/lines.ref.ts': 'export const a = 1;',
  'server/modules/line/lines/lines.service.ts':
    "import { a } from '../../plant/parts/parts.service.ts'; import type { A } from '../../plant/parts/parts.table.ts'; import { b } from '../../plant/parts/part-state.ts'; import { c } from '../../../maths/a.ts'; import { d } from '../../../onnx/load-model.ts';",
  'server/modules/line/jobs/jobs.service.ts': "import { a } from '../lines/lines.ref.ts'; export { a };",
  ...Object.fromEntries(
    wings.slice(1).map((wing) => [`server/modules/${wing}/high/a.ts`, 'export type A = 1; export const a = 1;']),
  ),
  'server/maths/a.ts': 'export const a = 1;',
  'server/onnx/load-model.ts':
    "import { a } from 'onnxruntime-node'; import { a as b } from '../maths/a.ts'; export { a, b };",
  'server/database/handle.ts': 'export type A = 1;',
  'server/database/migrate.ts': "import { a } from '../../migrations/0001.ts'; export { a };",
  'server/live/a.ts': "import { a } from '../database/migrate.ts'; export { a };",
  'server/kit/a.ts': "import { a } from '../live/a.ts'; export { a }; export type A = 1;",
  'server/kit/egg.ts': "import type { Chicken } from './chicken.ts'; export const egg = 1;",
  'edge/devices/a.ts': "import { a } from 'node-opcua'; export type A = 1; export { a };",
  'edge/uplink/a.ts': "import { DatabaseSync } from 'node:sqlite'; export type A = 1; export const a = 1;",
  'edge/models/a.ts': 'export type A = 1; export const a = 1;',
  'edge/models/load-model.ts': "import { a } from 'onnxruntime-node'; export { a };",
  'edge/pipeline/a.ts':
    "import { a } from 'sharp'; import type { A } from '../models/a.ts'; import { b } from '#schema/manifest.ts';",
  'hmi/app.tsx': "import { a } from './features/alarms/a.tsx'; export { a };",
  'hmi/features/alarms/a.tsx':
    "import { a } from '#schema/graphql.ts'; import { b } from '../../ui/a.tsx'; import { c } from '@urql/solid'; export { a };",
  'hmi/features/lines/a.ts': 'export const a = 1;',
  'hmi/ui/a.tsx': "import { a } from 'solid-js'; import { b } from '../lib/a.ts'; export { a };",
  'hmi/lib/a.ts': "import { a } from 'solid-js'; export { a };",
  'test/a.ts':
    "import { a } from '../server/main.ts'; import { b } from 'onnxruntime-node'; import { c } from 'vitest';",
  'test/plant/a.ts': "import { a } from 'node-opcua'; import { b } from '#schema/manifest.ts';",
};
