// Pictures in place of points: as many as find room, none over another.
import { thumbnail } from '../api';
import type { Points, View } from './raster';

const Side = 44, AtOnce = 6, MostKept = 4000, Parts = 4;

export class ThumbnailLayer {
  private readonly known = new Map<number, ImageBitmap | null>();
  private readonly waiting = new Set<number>();
  private wanted: number[] = [];
  private shown: number[] = [];

  constructor(private readonly run: string, private readonly changed: () => void) {}

  draw(context: CanvasRenderingContext2D, points: Points, view: View, codes: Uint16Array | null, colors: Uint32Array,
    hidden: ReadonlySet<number>, ratio: number): void {
    const side = Math.round(Side * ratio), { width, height } = context.canvas;
    // a picture that a repeat of the list meets again finds its own place taken
    this.shown = this.placed(points, view, codes, hidden, side, width, height);
    this.wanted = [];
    for (const i of this.shown) {
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

  // The plane is divided into quarters of a picture; one takes all that it touches. What was shown stays while one moves.
  private placed(points: Points, view: View, codes: Uint16Array | null, hidden: ReadonlySet<number>, side: number, width: number,
    height: number): number[] {
    const part = side / Parts, columns = Math.ceil(width / part) + Parts + 1, rows = Math.ceil(height / part) + Parts + 1;
    const taken = new Uint8Array(columns * rows), placed: number[] = [];
    const left = width / 2 - view.x * view.scale, top = height / 2 + view.y * view.scale;
    const tryOne = (i: number): void => {
      const x = left + points.x[i]! * view.scale, y = top - points.y[i]! * view.scale;
      if (x < 0 || y < 0 || x > width || y > height) return;
      if (hidden.size > 0 && codes && hidden.has(codes[points.place[i]!]!)) return;
      const c0 = Math.floor(x / part), r0 = Math.floor(y / part);
      if (taken[r0 * columns + c0] || taken[(r0 + Parts) * columns + c0] || taken[r0 * columns + c0 + Parts]
        || taken[(r0 + Parts) * columns + c0 + Parts]) return;
      for (let r = r0; r <= r0 + Parts; r++) for (let c = c0; c <= c0 + Parts; c++) if (taken[r * columns + c]) return;
      for (let r = r0; r <= r0 + Parts; r++) taken.fill(1, r * columns + c0, r * columns + c0 + Parts + 1);
      placed.push(i);
    };
    for (const i of this.shown) tryOne(i);
    for (let i = 0; i < points.count; i++) tryOne(i);
    return placed;
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
