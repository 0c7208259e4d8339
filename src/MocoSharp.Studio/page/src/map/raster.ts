// Draws points into memory, a disk each, and puts them on a canvas at once. No graphics card is asked: see docs/adr.

export interface View { x: number; y: number; scale: number }    // the map's point in the middle, and pixels a unit

export interface Points { count: number; x: Float32Array; y: Float32Array; place: Uint32Array }

export interface Paint {
  codes: Uint16Array | null;      // of places; 65,535 for none
  colors: Uint32Array;            // of codes, as canvas memory has them
  none: number; faded: number; ground: number;
  hidden: ReadonlySet<number>; chosen: Uint8Array | null; radius: number;
}

/** Points in a fixed shuffled order, so that no class lies over the others because its folder comes last. */
export function shuffled(bytes: ArrayBuffer): Points {
  const all = new Float32Array(bytes), count = all.length / 2, place = new Uint32Array(count);
  for (let i = 0; i < count; i++) place[i] = i;
  let state = 0x9e3779b9;
  for (let i = count - 1; i > 0; i--) {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
    const other = (state >>> 0) % (i + 1), kept = place[i]!;
    place[i] = place[other]!;
    place[other] = kept;
  }
  const x = new Float32Array(count), y = new Float32Array(count);
  for (let i = 0; i < count; i++) { x[i] = all[place[i]!]!; y[i] = all[count + place[i]!]!; }
  return { count, x, y, place };
}

/** The rows of a disk: for each, how far it reaches to both sides. */
function disk(radius: number): Int32Array {
  const reach = Math.floor(radius), rows = new Int32Array(2 * reach + 1);
  for (let dy = -reach; dy <= reach; dy++) rows[dy + reach] = Math.floor(Math.sqrt(radius * radius - dy * dy));
  return rows;
}

export class Raster {
  private image = new ImageData(1, 1);
  private words = new Uint32Array(1);

  draw(context: CanvasRenderingContext2D, points: Points, view: View, paint: Paint): void {
    const { width, height } = context.canvas;
    if (this.image.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      this.words = new Uint32Array(this.image.data.buffer);
    }
    this.words.fill(paint.ground);
    if (paint.chosen) {
      this.pass(points, view, paint, width, height, 0);
      this.pass(points, view, paint, width, height, 1);
    } else this.pass(points, view, paint, width, height, -1);
    context.putImageData(this.image, 0, 0);
  }

  // kind: 0 for points that are not chosen, 1 for those that are, -1 for all
  private pass(points: Points, view: View, paint: Paint, width: number, height: number, kind: number): void {
    const { x, y, place, count } = points, { codes, colors, hidden, chosen } = paint, words = this.words;
    const scale = view.scale, left = width / 2 - view.x * scale, top = height / 2 + view.y * scale;
    const rows = disk(kind === 1 ? paint.radius + 0.6 : paint.radius), reach = (rows.length - 1) / 2, hides = hidden.size > 0;
    for (let i = 0; i < count; i++) {
      const px = (left + x[i]! * scale) | 0, py = (top - y[i]! * scale) | 0;
      if (px < reach || py < reach || px >= width - reach || py >= height - reach) continue;
      const at = place[i]!, code = codes ? codes[at]! : 65535;
      if (kind >= 0 && chosen![at] !== kind) continue;
      if (hides && hidden.has(code)) continue;
      const color = kind === 0 ? paint.faded : code === 65535 ? paint.none : colors[code]!;
      for (let row = -reach; row <= reach; row++) {
        const half = rows[row + reach]!, base = (py + row) * width + px;
        for (let to = base - half; to <= base + half; to++) words[to] = color;
      }
    }
  }
}

/** Finds points by place: a grid over the map. */
export class PointGrid {
  private readonly side: number;
  private readonly starts: Uint32Array;
  private readonly order: Uint32Array;
  readonly least: [number, number];
  readonly most: [number, number];

  constructor(private readonly points: Points) {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < points.count; i++) {
      x0 = Math.min(x0, points.x[i]!); x1 = Math.max(x1, points.x[i]!);
      y0 = Math.min(y0, points.y[i]!); y1 = Math.max(y1, points.y[i]!);
    }
    this.least = [x0, y0];
    this.most = [x1, y1];
    this.side = Math.max(1, Math.min(1024, Math.floor(Math.sqrt(points.count / 2))));
    this.starts = new Uint32Array(this.side * this.side + 1);
    const cells = new Uint32Array(points.count);
    for (let i = 0; i < points.count; i++) {
      cells[i] = this.row(points.y[i]!) * this.side + this.column(points.x[i]!);
      this.starts[cells[i]! + 1]!++;
    }
    for (let i = 0; i < this.side * this.side; i++) this.starts[i + 1]! += this.starts[i]!;
    this.order = new Uint32Array(points.count);
    const next = this.starts.slice();
    for (let i = 0; i < points.count; i++) this.order[next[cells[i]!]!++] = i;
  }

  private column = (x: number) => this.cell(x, this.least[0], this.most[0]);
  private row = (y: number) => this.cell(y, this.least[1], this.most[1]);

  private cell(value: number, least: number, most: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor((value - least) / (most - least || 1) * this.side)));
  }

  /** Calls for each point of a rectangle's cells, until it answers true. */
  *within(x0: number, y0: number, x1: number, y1: number): Generator<number> {
    for (let row = this.row(y0); row <= this.row(y1); row++)
      for (let column = this.column(x0); column <= this.column(x1); column++) {
        const cell = row * this.side + column;
        for (let at = this.starts[cell]!; at < this.starts[cell + 1]!; at++) yield this.order[at]!;
      }
  }

  /** The nearest point within a distance; -1 for none. */
  nearest(x: number, y: number, distance: number): number {
    let best = -1, least = distance * distance;
    for (const i of this.within(x - distance, y - distance, x + distance, y + distance)) {
      const d = (this.points.x[i]! - x) ** 2 + (this.points.y[i]! - y) ** 2;
      if (d < least) { least = d; best = i; }
    }
    return best;
  }
}

/** Whether a point lies inside of a closed line. */
export function inside(line: [number, number][], x: number, y: number): boolean {
  let is = false;
  for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
    const [xi, yi] = line[i]!, [xj, yj] = line[j]!;
    if (yi > y !== yj > y && x < (xj - xi) * (y - yi) / (yj - yi) + xi) is = !is;
  }
  return is;
}
