// Curves over epochs, several runs over each other.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Series { name: string; color: string; x: number[]; y: (number | null)[]; isDashed?: boolean }

export const RunColors = ['#2f7ea6', '#d9822b', '#3f9b57', '#c2495d', '#7d63b8', '#8a6a4f', '#c765a4', '#6d7b85'];

function joined(series: Series[]): uPlot.AlignedData {
  const tables = series.map(one => [one.x, one.y] as uPlot.AlignedData);
  return tables.length === 0 ? [[]] : tables.length === 1 ? tables[0]! : uPlot.join(tables);
}

/** As wide as the longest number beside the axis, its tick and the gaps. */
const roomFor = (_: uPlot, numbers: string[] | null): number =>
  Math.max(44, 20 + 6.7 * Math.max(0, ...(numbers ?? []).map(one => one.length)));

function useDark(): boolean {
  const [is, set] = useState(matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)'), change = () => set(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return is;
}

export function Curves({ title, unit, series }: { title: string; unit: string; series: Series[] }) {
  const box = useRef<HTMLDivElement>(null), isDark = useDark();
  useEffect(() => {
    const element = box.current!, style = getComputedStyle(element);
    const ink = style.color, line = style.borderTopColor;
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: '11px system-ui',
      values: (_: uPlot, marks: number[]) => marks.map(mark => Number(mark.toPrecision(3)).toString()) };
    const plot = new uPlot({
      width: Math.max(200, element.clientWidth), height: 190, padding: [8, 8, 0, 0], cursor: { points: { size: 6 } },
      scales: { x: { time: false, range: (_, least, most) => least === most ? [least - 1, most + 1] : [least, most] } },
      axes: [{ ...axis, size: 30 }, { ...axis, size: roomFor }],
      series: [{ label: 'epoch' }, ...series.map(one => ({
        label: one.name, stroke: one.color, width: one.isDashed ? 1 : 1.6, dash: one.isDashed ? [5, 4] : undefined, spanGaps: true,
        points: { show: one.x.length < 40 && !one.isDashed, size: 4 },
        value: (_: uPlot, v: number | null) => v === null || v === undefined ? '–' : Number(v.toPrecision(4)).toString(),
      }))],
    }, joined(series), element);
    const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: 190 }));
    observer.observe(element);
    return () => { observer.disconnect(); plot.destroy(); };
  }, [series, isDark]);
  const last = series.filter(one => !one.isDashed).map(one => `${one.name}: ${one.y.filter(v => v !== null).at(-1) ?? 'none'}`).join('; ');
  return <figure class="curves">
    <figcaption><h3>{title}</h3> <span class="unit">{unit}</span></figcaption>
    {series.some(one => one.x.length > 0)
      ? <div ref={box} class="plot" role="img" aria-label={`${title}, ${unit}, by epochs. Last values: ${last}`} />
      : <p class="nothing" ref={box}>Nothing was measured yet.</p>}
  </figure>;
}
