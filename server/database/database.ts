/** The database as the server sees it: the tables of all modules in one type. */
import type { Kysely, Transaction } from 'kysely';
import type { ExchangeTables } from '../modules/datasets/exchange/exchange.table.ts';
import type { DatasetChecksTables } from '../modules/datasets/versions/dataset-checks.table.ts';
import type { DatasetsTables } from '../modules/datasets/versions/datasets.table.ts';
import type { PoolTables } from '../modules/images/pool/pool.table.ts';
import type { RetentionTables } from '../modules/images/retention/retention.table.ts';
import type { SimilarityTables } from '../modules/images/similarity/similarity.table.ts';
import type { ImagesTables } from '../modules/images/store/images.table.ts';
import type { LabelsTables } from '../modules/labelling/annotations/annotations.table.ts';
import type { DefectBookTables } from '../modules/labelling/defect-book/defect-book.table.ts';
import type { AlarmsTables } from '../modules/line/alarms/alarms.table.ts';
import type { CameraSetupsTables } from '../modules/line/camera-setups/camera-setups.table.ts';
import type { CaptureTables } from '../modules/line/capture/capture.table.ts';
import type { InspectionsTables } from '../modules/line/inspections/inspections.table.ts';
import type { MachinesTables } from '../modules/line/nodes/machines.table.ts';
import type { NodeEventsTables } from '../modules/line/nodes/node-events.table.ts';
import type { PartCountsTables } from '../modules/line/part-counts/part-counts.table.ts';
import type { JobsTables } from '../modules/line/production-runs/production-runs.table.ts';
import type { ExportsTables } from '../modules/line/result-exports/result-exports.table.ts';
import type { ModelsTables } from '../modules/models/registry/models.table.ts';
import type { TrainingTables } from '../modules/models/trainer/training.table.ts';
import type { AccessTables } from '../modules/people/access/access.table.ts';
import type { AuditTables } from '../modules/people/audit/audit.table.ts';
import type { EventsTables } from '../modules/plant/events/events.table.ts';
import type { PlantsTables } from '../modules/plant/parts/plants.table.ts';
import type { ShiftsTables } from '../modules/plant/parts/shifts.table.ts';
import type { AssignmentsTables } from '../modules/releases/assignments/assignments.table.ts';

export interface Database
  extends AccessTables,
    AlarmsTables,
    AuditTables,
    CaptureTables,
    DatasetsTables,
    EventsTables,
    ExportsTables,
    ImagesTables,
    InspectionsTables,
    JobsTables,
    NodeEventsTables,
    PartCountsTables,
    CameraSetupsTables,
    MachinesTables,
    ModelsTables,
    AssignmentsTables,
    PlantsTables,
    ShiftsTables,
    PoolTables,
    SimilarityTables,
    DefectBookTables,
    LabelsTables,
    DatasetChecksTables,
    ExchangeTables,
    RetentionTables,
    TrainingTables {}

/** A connection or an open transaction. */
export type Db = Kysely<Database>;

/** An open transaction, for statements that make sense only inside one. */
export type Trx = Transaction<Database>;
