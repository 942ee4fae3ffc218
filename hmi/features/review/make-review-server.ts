/** What the labelling screen asks of the server, over GraphQL. */
import type { Client } from '@urql/core';
import type { Sent } from '../../lib/answer-outbox.ts';
import { words } from '../../lib/language.ts';
import { failureOf, refusalIn } from '../../lib/refusal.ts';
import type { Region } from '../../lib/regions.ts';
import {
  ClaimForReview,
  type RegionData,
  ReleaseClaims,
  RenewClaims,
  SaveSketch,
  SayOfImage,
  type TaskData,
} from './review.documents.ts';
import type { ReviewServer } from './review-server.ts';
import type { PendingAnswer, ReviewTask } from './review-task.ts';

/** Thumbnails beside the image. */
const SMALL = '?w=160';

export function makeReviewServer(client: Client, plantId: string): ReviewServer {
  return {
    async claim(count, purposes) {
      const input = { plantId, count, ...(purposes ? { purposes } : {}) };
      const result = await client.mutation(ClaimForReview, { input }).toPromise();
      const answer = result.data?.claimReviewItems;
      if (answer?.__typename === 'ReviewItemsPayload') return { tasks: answer.items.map(taskOf) };
      return {
        failure: failureOf(result, words().act.unreachable) ?? refusalIn(answer)?.text ?? words().act.unreachable,
      };
    },
    async renew(ids) {
      const result = await client.mutation(RenewClaims, { itemIds: [...ids] }).toPromise();
      const answer = result.data?.renewReviewClaims;
      return answer?.__typename === 'ReviewItemsPayload' ? new Set(answer.items.map(({ id }) => id)) : undefined;
    },
    async release(ids) {
      if (ids.length > 0) await client.mutation(ReleaseClaims, { itemIds: [...ids] }).toPromise();
    },
    async saveSketch(imageSha256, document) {
      const result = await client.mutation(SaveSketch, { input: { plantId, imageSha256, document } }).toPromise();
      return result.data?.saveReviewSketch.__typename === 'SavedSketchPayload';
    },
    answer: (answer) => sendAnswer(client, answer),
  };
}

/** An answer that cannot be read any more would be sent for ever: what the server says of it counts as its word. */
async function sendAnswer(client: Client, pending: PendingAnswer): Promise<Sent> {
  const { plantId, task, label, regions, elapsedMs, isReopened } = pending;
  const input = {
    plantId,
    imageSha256: task.image.sha256,
    ...(isReopened ? {} : { reviewItemId: task.id }),
    ...(label === null ? {} : { label }),
    regions: regions.map(regionInput),
    elapsedMs,
  };
  const result = await client.mutation(SayOfImage, { input }).toPromise();
  const answer = result.data?.annotateImage;
  if (!answer) {
    const code = result.error?.graphQLErrors[0]?.extensions.code;
    const isFinal = code === 'FORBIDDEN' || code === 'BAD_USER_INPUT';
    return isFinal ? { kind: 'refused', reason: result.error?.graphQLErrors[0]?.message ?? '' } : { kind: 'silent' };
  }
  const refusal = refusalIn(answer);
  return refusal ? { kind: 'refused', reason: refusal.text } : { kind: 'done' };
}

function regionInput(region: Region) {
  const { classCode } = region;
  if (region.kind === 'box') {
    const { x, y, width, height } = region;
    return { classCode, box: { x, y, width, height } };
  }
  if (region.kind === 'polygon') return { classCode, polygon: { rings: region.rings } };
  const { width, height, counts } = region;
  return { classCode, mask: { width, height, counts } };
}

function taskOf(item: TaskData): ReviewTask {
  const { poolImage } = item;
  const { image, modelVersion } = poolImage;
  const params = typeof item.reason.params === 'object' ? item.reason.params : {};
  return {
    id: item.id,
    purpose: item.purpose,
    reason: { ...params, code: item.reason.code },
    image: { sha256: image.sha256, url: image.url, width: image.width, height: image.height },
    capturedAt: poolImage.capturedAt,
    verdict: poolImage.verdict,
    score: poolImage.score,
    line: poolImage.line?.name ?? null,
    camera: poolImage.camera?.name ?? null,
    product: poolImage.product?.name ?? null,
    recipe: poolImage.recipe?.code ?? null,
    batch: poolImage.batch?.code ?? null,
    model: modelVersion ? `${modelVersion.model.name} ${modelVersion.number}` : null,
    sketch: item.sketch,
    proposals: item.proposals.flatMap(regionOf),
    suggestions: poolImage.suggestions.map(({ kind, person }) => ({ kind, name: person.name })),
    neighbours: item.neighboursInTime.map((each) => thumbnailOf({ ...each, label: null })),
    similar: item.similarLabelled.map(({ poolImage: each }) => thumbnailOf(each)),
    opinions: item.opinions.map(({ label, regions }) => ({ label, regions: regions.flatMap(regionOf) })),
  };
}

function thumbnailOf(each: { capturedAt: string; label: string | null; image: { sha256: string; url: string } }) {
  const { sha256, url } = each.image;
  return { sha256, url: `${url}${SMALL}`, label: each.label, capturedAt: each.capturedAt };
}

function regionOf({ classCode, box, rings, mask }: RegionData): Region[] {
  if (box) return [{ classCode, kind: 'box', ...box }];
  if (mask) return [{ classCode, kind: 'mask', ...mask }];
  return rings ? [{ classCode, kind: 'polygon', rings }] : [];
}
