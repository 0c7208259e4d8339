// Colors of groups and numbers, as canvas memory has them.
import type { Column } from '../api';

// the first ten are Tableau's, of Heer and Stone 2012, in an order that keeps like hues apart
export const Palette = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2', '#7f7f7f', '#bcbd22', '#17becf',
  '#3d6fb0', '#a33a52', '#3c8f5e', '#c79a3a', '#7a55b5', '#ff9896', '#98df8a', '#9edae5'];

// equally bright steps from dark violet to yellow, as matplotlib's viridis runs
const Scale = ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'];
const Steps = 1000;

const rgb = (hex: string): [number, number, number] => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];

export const word = ([r, g, b]: [number, number, number]): number => (0xff000000 | b << 16 | g << 8 | r) >>> 0;

export const colorOf = (group: number): string => Palette[group % Palette.length]!;

/** A CSS color as canvas memory has it. */
export function wordOf(css: string): number {
  const context = new OffscreenCanvas(1, 1).getContext('2d')!;
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return word([r!, g!, b!]);
}

export function colorsOf(column: Column | null): Uint32Array {
  if (!column) return new Uint32Array(0);
  if (column.groups) return Uint32Array.from(column.groups, (_, group) => word(rgb(colorOf(group))));
  return Uint32Array.from({ length: Steps + 1 }, (_, step) => {
    const at = step / Steps * (Scale.length - 1), low = Math.min(Math.floor(at), Scale.length - 2);
    const from = rgb(Scale[low]!), to = rgb(Scale[low + 1]!);
    return word(from.map((value, i) => Math.round(value + (at - low) * (to[i]! - value))) as [number, number, number]);
  });
}
