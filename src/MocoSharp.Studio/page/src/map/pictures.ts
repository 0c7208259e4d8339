// Pictures in place of points: as many as find room, none over another.
import { thumbnail } from '../api';
import type { Points, View } from './raster';

const Side = 44, AtOnce = 6, MostKept = 4000;

export class ThumbnailLayer {
  private readonly known = new Map<number, ImageBitmap | null>();
  private readonly waiting = new Set<number>();
  private wanted: number[] = [];
  private cells = new Map<string, number>();
  private level = '';

  constructor(private readonly run: string, private readonly changed: () => void) {}

  draw(context: CanvasRenderingContext2D, points: Points, view: View, codes: Uint16Array | null, colors: Uint32Array,
    hidden: ReadonlySet<number>, ratio: number): void {
    const side = Math.round(Side * ratio), { width, height } = context.canvas;
    const taken = new Map<string, number>(), unit = side / view.scale, level = `${Math.round(Math.log2(view.scale) * 8)}`;
    if (level !== this.level) { this.level = level; this.cells = new Map(); }
    const x0 = view.x - width / 2 / view.scale, x1 = view.x + width / 2 / view.scale;
    const y0 = view.y - height / 2 / view.scale, y1 = view.y + height / 2 / view.scale;
    const step = Math.pow(2, Math.round(Math.log2(unit) * 8) / 8);
    for (let i = 0; i < points.count; i++) {
      const x = points.x[i]!, y = points.y[i]!;
      if (x < x0 || x > x1 || y < y0 || y > y1) continue;
      const at = points.place[i]!;
      if (hidden.size > 0 && codes && hidden.has(codes[at]!)) continue;
      const cell = `${Math.floor(x / step)},${Math.floor(y / step)}`;
      // the first of a cell stays it while one moves
      if (this.cells.get(cell) === at || !taken.has(cell) && !this.cells.has(cell)) taken.set(cell, i);
    }
    for (const [cell, i] of taken) this.cells.set(cell, points.place[i]!);
    this.wanted = [];
    for (const i of taken.values()) {
      const at = points.place[i]!, picture = this.known.get(at);
      if (picture === undefined) this.wanted.push(at);
      if (!picture) continue;
      const scale = (side - 4 * ratio) / Math.max(picture.width, picture.height), w = picture.width * scale, h = picture.height * scale;
      const x = width / 2 + (points.x[i]! - view.x) * view.scale - w / 2, y = height / 2 - (points.y[i]! - view.y) * view.scale - h / 2;
      const code = codes ? codes[at]! : 65535, color = code === 65535 ? 0xffccc7c4 : colors[code]!;
      context.fillStyle = `rgb(${color & 255} ${color >> 8 & 255} ${color >> 16 & 255})`;
      context.fillRect(x - 2 * ratio, y - 2 * ratio, w + 4 * ratio, h + 4 * ratio);
      context.drawImage(picture, x, y, w, h);
    }
    this.load();
  }

  private load(): void {
    while (this.waiting.size < AtOnce) {
      const next = this.wanted.find(place => !this.waiting.has(place) && !this.known.has(place));
      if (next === undefined) return;
      this.waiting.add(next);
      void fetch(thumbnail(this.run, next, 48)).then(response => response.ok ? response.blob() : null)
        .then(blob => blob && createImageBitmap(blob)).catch(() => null).then(picture => {
          this.known.set(next, picture);
          if (this.known.size > MostKept) this.known.delete(this.known.keys().next().value!);
          this.waiting.delete(next);
          this.changed();
        });
    }
  }
}
