import 'uplot/dist/uPlot.min.css';
import './rate-chart.css';
import { createEffect, onCleanup, untrack } from 'solid-js';
import uPlot from 'uplot';
import { createElementSize } from '../lib/element-size.ts';
import { formatShare } from '../lib/format.ts';
import { lastFilled, type MinuteSeries, rateCeiling, runs } from '../lib/minute-series.ts';

interface RateChartProps {
  series: MinuteSeries;
  timeZone: string;
  locale: string;
  /** Colours are read from the tokens when this changes. */
  theme: string;
  label: string;
}

interface ChartLook {
  theme: string;
  locale: string;
  timeZone: string;
  width: number;
  height: number;
}

/** Room at the right for the figure of the present value. */
const FIGURE_WIDTH = 64;

/** A rate by minute with its interval as a band; gaps stay gaps, the present value is a dot with its figure. */
export function RateChart(props: RateChartProps) {
  const size = createElementSize();
  let element: HTMLDivElement | undefined;
  let chart: uPlot | undefined;

  createEffect(() => {
    const width = Math.floor(size.width());
    const height = Math.floor(size.height());
    chart?.destroy();
    chart = undefined;
    if (!element || width === 0 || height === 0) return;
    const look = { theme: props.theme, locale: props.locale, timeZone: props.timeZone, width, height };
    chart = new uPlot(
      chartOptions(look),
      untrack(() => dataOf(props.series)),
      element,
    );
  });
  createEffect(() => chart?.setData(dataOf(props.series)));
  onCleanup(() => chart?.destroy());

  return (
    <div
      class="rate-chart figure"
      role="img"
      aria-label={props.label}
      ref={(created) => {
        element = created;
        size.ref(created);
      }}
    />
  );
}

function dataOf(series: MinuteSeries): uPlot.AlignedData {
  return [series.seconds, series.low, series.high, series.rate];
}

/** Colours and fonts are read here, once per chart: a change of any of these builds a new one. */
function chartOptions({ locale, timeZone, width, height }: ChartLook): uPlot.Options {
  const styles = getComputedStyle(document.documentElement);
  const token = (name: string) => styles.getPropertyValue(name).trim();
  const font = `14px ${styles.fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: token('--ink-3'),
    font,
    grid: { stroke: token('--rule'), width: 1 },
    ticks: { show: false },
  };
  const hour = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });

  return {
    width,
    height,
    padding: [12, FIGURE_WIDTH, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (self) => [0, rateCeiling(ratesOf(self))] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 80,
        values: (_self, splits) => splits.map((second) => hour.format(second * 1000)),
      },
      {
        ...axis,
        size: 56,
        space: 48,
        values: (_self, splits) => {
          const digits = splits.every((share) => Math.abs(share * 100 - Math.round(share * 100)) < 1e-6) ? 0 : 1;
          return splits.map((share) => `${formatShare(share, locale, digits)} %`);
        },
      },
    ],
    series: [
      {},
      // The band before the line, which would otherwise lie under it.
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: token('--ink'), width: 1.5, spanGaps: false, points: { show: false } },
    ],
    bands: [{ series: [2, 1], fill: token('--rule') }],
    hooks: { draw: [(self) => drawPoints(self, { line: token('--ink'), now: token('--live'), font, locale })] },
  };
}

function ratesOf(chart: uPlot): (number | null)[] {
  return [...(chart.data[3] ?? [])].map((value) => value ?? null);
}

interface PointStyle {
  line: string;
  now: string;
  font: string;
  locale: string;
}

/** A minute alone between two gaps as a point, for no line reaches it; and the present value with its figure. */
function drawPoints(self: uPlot, style: PointStyle): void {
  const rates = ratesOf(self);
  const { ctx } = self;
  const dot = (index: number, value: number, colour: string, radius: number) => {
    const x = self.valToPos(self.data[0][index] ?? 0, 'x', true);
    const y = self.valToPos(value, 'y', true);
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(x, y, radius * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    return { x, y };
  };

  ctx.save();
  for (const run of runs(rates)) {
    const only = run.length === 1 ? run[0] : undefined;
    if (only) dot(only.index, only.value, style.line, 1.5);
  }
  const last = lastFilled(rates);
  const present = last === undefined ? null : (rates[last] ?? null);
  if (last !== undefined && present !== null) {
    const { x, y } = dot(last, present, style.now, 4);
    ctx.font = style.font.replace('14px', `600 ${16 * devicePixelRatio}px`);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    ctx.fillText(`${formatShare(present, style.locale)} %`, x + 8 * devicePixelRatio, y);
  }
  ctx.restore();
}
