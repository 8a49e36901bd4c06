import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkAreaComponent } from "echarts/components";
import { type EChartsCoreOption, init, setPlatformAPI, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Stretch } from "./measures.ts";

use([BarChart, LineChart, GridComponent, LegendComponent, MarkAreaComponent, SVGRenderer]);

/** There is nothing here to measure text with: Chinese is as wide as it is high, and the rest a little generous. */
const widthOf = (text: string, size: number) => [...text].reduce((sum, character) => sum + (character > "\u2e7f" ? size : size * 0.6), 0);
const sizeIn = (font: string | undefined) => Number(/(\d+(?:\.\d+)?)px/.exec(font ?? "")?.[1] ?? 12);
setPlatformAPI({ measureText: (text, font) => ({ width: widthOf(text, sizeIn(font)) }) });

/** A drawing's size in pixels: one for a screen, one for a phone. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

/** What every time axis has: where it begins and ends, what an instant is called, and when windows are open. */
export interface TimeScale {
  readonly from: number;
  readonly until: number;
  readonly day: (at: number) => string;
  readonly open: readonly (Stretch & { readonly name: string })[];
}

const FONT = 'system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
/** Told apart without red and green (Okabe and Ito), on white. */
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#f0e442"];
const NARROW = 500;
const DAY_MS = 86_400_000;

function draw({ width, height }: Size, option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    color: COLORS,
    textStyle: { fontFamily: FONT, fontSize: 12 },
    legend: { type: "plain", top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: "#333" } },
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const timeAxis = ({ from, until, day }: TimeScale, { width }: Size) => ({
  type: "value",
  min: from,
  max: until,
  interval: Math.ceil((until - from) / DAY_MS / (width < NARROW ? 4 : 9)) * DAY_MS,
  axisLabel: { formatter: (at: number) => day(at), hideOverlap: true },
  splitLine: { show: false },
});

const windows = ({ open }: TimeScale) => ({
  silent: true,
  itemStyle: { color: "#0072b2", opacity: 0.08 },
  label: { color: "#333", position: "insideTop" },
  data: open.map(({ name, from, until }) => [{ name, xAxis: from }, { xAxis: until }]),
});

const grid = { left: 8, right: 16, top: 56, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" } as const;

/** Lines over time; `at` gives each value's instant. With `stacked`, areas on top of each other. */
export function overTime(size: Size, scale: TimeScale, at: readonly number[], series: readonly Series[], stacked = false): string {
  return draw(size, {
    grid,
    xAxis: timeAxis(scale, size),
    yAxis: { type: "value", minInterval: 1 },
    series: series.map(({ name, values }, index) => ({
      type: "line",
      name,
      symbol: "none",
      lineStyle: { width: stacked ? 1 : 1.5 },
      ...(stacked ? { stack: "all", step: "end", areaStyle: { opacity: 0.75 } } : {}),
      ...(index === 0 ? { markArea: windows(scale) } : {}),
      data: values.map((value, n) => [at[n], value]),
    })),
  });
}

/** Lying bars, one for each name, made up of the series. */
export function bars(size: Size, names: readonly string[], series: readonly Series[], label: (value: number) => string = String): string {
  const isOne = series.length === 1;
  return draw(size, {
    grid: { ...grid, right: 64, top: isOne ? 8 : grid.top },
    ...(isOne ? { legend: { show: false } } : {}),
    xAxis: { type: "value", minInterval: 1, splitNumber: size.width < NARROW ? 3 : 6 },
    yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false } },
    series: series.map(({ name, values }) => ({
      type: "bar",
      name,
      stack: "all",
      barMaxWidth: 26,
      label: isOne ? { show: true, position: "right", formatter: ({ value }: { value: number }) => label(value) } : { show: false },
      data: values,
    })),
  });
}
