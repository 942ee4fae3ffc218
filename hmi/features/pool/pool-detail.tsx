import { A } from '@solidjs/router';
import { For, type JSX, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { askedWords, factorDigits, machineNumbers } from '../../lib/factors.ts';
import { formatBytes, formatDateMinute, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { type PoolDetails, type PoolFilter, PoolImageDetails } from './pool.documents.ts';
import { digitsOf, figureOf, figures } from './pool-question.ts';

interface PoolDetailProps {
  imageSha256: string;
  onFilter: (filter: PoolFilter) => void;

  onLike: () => void;
  onClose: () => void;
}

/** One image large, with all that is known of it. */
export function PoolDetail(props: PoolDetailProps) {
  const plant = useDataPlant();
  const answer = createAnswer(PoolImageDetails, () => ({ id: poolImageId(plant().id, props.imageSha256) }));
  const image = () => {
    const node = answer.data()?.node;
    return node?.__typename === 'PoolImage' ? node : undefined;
  };
  return (
    <div class="pool-detail">
      <div class="pool-detail-head">
        <Button onClick={props.onLike}>{words().pool.findSimilar}</Button>
        <Button onClick={props.onClose}>{words().pool.close}</Button>
      </div>
      <Show
        when={image()}
        fallback={
          <EmptyState>{answer.failure() ?? (answer.data() ? words().pool.gone : words().session.waiting)}</EmptyState>
        }
      >
        {(found) => (
          <>
            <a href={found().image.url} target="_blank" rel="noopener" class="pool-large">
              <img src={`${found().image.url}?w=1280`} alt={words().pool.large} />
            </a>
            <Particulars image={found()} timeZone={plant().timeZone} onFilter={props.onFilter} />
            <div class="actions">
              <Show when={found().nearGroup}>
                {(group) => (
                  <Button onClick={() => props.onFilter({ nearGroup: group() })}>{words().pool.showNear}</Button>
                )}
              </Show>
              <Show when={found().exactGroup}>
                {(group) => (
                  <Button onClick={() => props.onFilter({ exactGroup: group() })}>{words().pool.showExact}</Button>
                )}
              </Show>
            </div>
            <Show when={found().datasetVersions.length > 0}>
              <h3>{words().pool.inSets}</h3>
              <ul class="pool-history">
                <For each={found().datasetVersions}>
                  {(version) => (
                    <li>
                      <A href={`/data/${encodeURIComponent(plant().code)}/sets/${encodeURIComponent(version.id)}`}>
                        {words().pool.draftName(version.dataset.name, formatNumber(version.number, 0, locale()))}
                      </A>
                      <span class="hint">{words().pool.versionStates[version.state]}</span>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
            <A
              class="pool-example"
              href={`/data/${encodeURIComponent(plant().code)}/book?example=${props.imageSha256}`}
            >
              {words().pool.asExample}
            </A>
            <h3>{words().pool.history}</h3>
            <Show when={found().annotations.length > 0} fallback={<p class="hint">{words().pool.noHistory}</p>}>
              <ul class="pool-history">
                <For each={found().annotations}>
                  {(annotation) => (
                    <li>
                      <span>{annotation.label}</span>
                      <span class="hint">
                        {annotation.person.name} ·{' '}
                        {formatDateMinute(new Date(annotation.madeAt).getTime(), plant().timeZone, locale())}
                      </span>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </>
        )}
      </Show>
    </div>
  );
}

/** As the server makes it: base64url of `PoolImage:plant:hash`, with the plant's own key inside its id. */
function poolImageId(plantId: string, sha256: string): string {
  const encode = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const key = atob(plantId.replaceAll('-', '+').replaceAll('_', '/')).split(':')[1] ?? '';
  return encode(`PoolImage:${key}:${sha256}`);
}

interface ParticularsProps {
  image: PoolDetails;
  timeZone: string;
  onFilter: (filter: PoolFilter) => void;
}

/** What is known; what other images have in common with it is a way to them. */
function Particulars(props: ParticularsProps) {
  const moment = (time: string | null) =>
    time === null ? undefined : formatDateMinute(new Date(time).getTime(), props.timeZone, locale());
  const model = () => props.image.modelVersion;
  const value = (name: string | null | undefined) => {
    const names: Readonly<Record<string, string>> = words().pool.values;
    return name ? (names[name.toLowerCase()] ?? name) : undefined;
  };
  const shared = (text: string | undefined, filter: PoolFilter) =>
    text === undefined ? undefined : (
      <button type="button" class="pool-shared" onClick={() => props.onFilter(filter)}>
        {text}
      </button>
    );
  const facts = (): [string, JSX.Element | undefined][] => {
    const { image } = props;
    const { line, station, camera, product, recipe, batch, job } = image;
    const { details, facets } = words().pool;
    return [
      [facets.labelState, image.label ?? value(image.labelState)],
      [details.tags, image.tags.length > 0 ? image.tags.join(', ') : undefined],
      [facets.verdict, value(image.verdict)],
      [facets.defectClass, image.defectClass ?? undefined],
      [words().pool.captured, moment(image.capturedAt)],
      [details.line, line ? shared(line.name, { lineId: [line.id] }) : undefined],
      [details.station, station ? shared(station.name, { stationId: [station.id] }) : undefined],
      [details.camera, camera ? shared(camera.name, { cameraId: [camera.id] }) : undefined],
      [details.product, product ? shared(product.code, { productId: [product.id] }) : undefined],
      [details.recipe, recipe ? shared(recipe.code, { recipeId: [recipe.id] }) : undefined],
      [details.batch, batch ? shared(batch.code, { batchId: [batch.id] }) : undefined],
      [details.job, job ? shared(job.code, { jobId: [job.id] }) : undefined],
      [details.part, image.partId ?? undefined],
      ...askedWords.map((name): [string, JSX.Element | undefined] => {
        const said = image[name];
        return [words().factors[name].name, said === null ? undefined : shared(said, { [name]: [said] })];
      }),
      ...machineNumbers.map((name): [string, JSX.Element | undefined] => {
        const said = image[name];
        const { name: title, unit } = words().factors[name];
        const shown = said === null ? undefined : formatNumber(said, factorDigits(name), locale());
        return [title, shown && `${shown} ${unit}`];
      }),
      [
        details.model,
        shared(model() ? `${model()?.model.name} ${model()?.number}` : undefined, {
          modelVersionId: [model()?.id ?? ''],
        }),
      ],
      [facets.origin, value(image.origin)],
      [details.path, image.sourcePath ?? undefined],
      [facets.captureReason, value(image.captureReason)],
      [details.file, `${image.width} × ${image.height} · ${formatBytes(image.sizeBytes, locale())}`],
      [details.measured, image.measureError ?? moment(image.measuredAt) ?? details.notMeasured],
    ];
  };
  return (
    <dl class="pool-facts">
      <For each={facts().filter(([, fact]) => fact !== undefined)}>
        {([name, fact]) => (
          <>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </>
        )}
      </For>
      <For each={figures.filter((name) => figureOf(props.image, name) !== undefined)}>
        {(name) => (
          <>
            <dt>{words().pool.figures[name]}</dt>
            <dd class="figure">{formatNumber(figureOf(props.image, name) ?? 0, digitsOf(name), locale())}</dd>
          </>
        )}
      </For>
    </dl>
  );
}
