/** Connects what lower modules ask of higher ones. Whoever loads the schema or the kinds of background work has it. */
import { correctPooled, revisePooled } from './modules/images/pool/pool.service.ts';
import { loadImage } from './modules/images/store/images.service.ts';
import { clearAlarmsOf } from './modules/line/alarms/retire-sources.service.ts';
import * as setupHooks from './modules/line/camera-setups/setup-hooks.ts';
import { forgetCameraPlaces } from './modules/line/inspections/ingest-cache.ts';
import * as inspectionHooks from './modules/line/inspections/inspection-hooks.ts';
import { hasInspections } from './modules/line/inspections/inspections.service.ts';
import * as runHooks from './modules/line/production-runs/run-hooks.ts';
import { eventSummary } from './modules/line/run-summaries/job-summary.service.ts';
import { endCodesOfMove, endNodeTokens } from './modules/people/access/tokens.service.ts';
import * as partHooks from './modules/plant/parts/part-hooks.ts';

partHooks.endNodeTokens.connect(endNodeTokens);
partHooks.endCodesOfMove.connect(endCodesOfMove);
partHooks.clearAlarmsOf.connect(clearAlarmsOf);
partHooks.hasInspections.connect(hasInspections);
partHooks.forgetCameraPlaces.connect(forgetCameraPlaces);
runHooks.eventSummary.connect(eventSummary);
setupHooks.loadImage.connect(loadImage);
inspectionHooks.correctPooled.connect(correctPooled);
inspectionHooks.revisePooled.connect(revisePooled);
