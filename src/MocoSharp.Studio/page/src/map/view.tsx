// The map itself: points or pictures, moved by pointer, wheel, fingers and keys; a line or a box chooses.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, thumbnail, type Column, type Found, type MapInfo, type Picture } from '../api';
import { colorsOf, wordOf } from './colors';
import { ThumbnailLayer } from './pictures';
import { PointGrid, Raster, inside, type Points, type View } from './raster';

export type Tool = 'move' | 'lasso' | 'box';

interface Props {
  run: string; info: MapInfo; points: Points; column: Column | null; codes: Uint16Array | null; hidden: ReadonlySet<number>;
  chosen: ReadonlySet<number>; tool: Tool; showsPictures: boolean; onChoose: (places: number[], adds: boolean) => void;
  onOpen: (place: number) => void; isDropping: boolean;
}

interface Hover { left: number; top: number; place: number }

const HoverDelay = 180, Reach = 9;
const Keys = 'Arrow keys move, plus and minus zoom, 0 shows all, Enter selects what is in sight, Escape selects nothing.';

export function MapView(props: Props) {
  const { run, points, tool, chosen, onChoose, onOpen } = props;
  const box = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null), over = useRef<HTMLCanvasElement>(null);
  const grid = useMemo(() => new PointGrid(points), [points]);
  const view = useRef<View | null>(null), line = useRef<[number, number][]>([]), pending = useRef(0);
  const raster = useMemo(() => new Raster(), []), layer = useMemo(() => new ThumbnailLayer(run, () => draw.current()), [run]);
  const draw = useRef<() => void>(() => undefined);
  const [hover, setHover] = useState<Hover | null>(null);
  const flags = useMemo(() => {
    if (chosen.size === 0) return null;
    const all = new Uint8Array(points.count);
    for (const place of chosen) all[place] = 1;
    return all;
  }, [chosen, points]);
  const colors = useMemo(() => colorsOf(props.column), [props.column]);

  const paint = useCallback(() => {
    pending.current = 0;
    const element = canvas.current!, upper = over.current!, ratio = devicePixelRatio;
    const width = Math.round(element.clientWidth * ratio), height = Math.round(element.clientHeight * ratio);
    if (width === 0 || height === 0) return;
    if (element.width !== width || element.height !== height) {
      for (const one of [element, upper]) { one.width = width; one.height = height; }
    }
    view.current ??= fitted(grid, width, height);
    const style = getComputedStyle(box.current!), dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const share = Math.min(1, points.count * 12 / (width * height));
    const radius = Math.max(0.5, Math.min(4.5, (3.2 - 2.6 * Math.sqrt(share)) * Math.sqrt(ratio)
      * Math.min(2, Math.sqrt(view.current.scale / fitted(grid, width, height).scale))));
    raster.draw(element.getContext('2d')!, points, view.current, {
      codes: props.codes, colors, none: wordOf(dark ? '#5b646c' : '#c4c7cc'), faded: wordOf(dark ? '#2c3238' : '#e2e5e8'),
      ground: wordOf(style.backgroundColor), hidden: props.hidden, chosen: flags, radius,
    });
    const context = upper.getContext('2d')!;
    context.clearRect(0, 0, width, height);
    if (props.showsPictures) layer.draw(context, points, view.current, props.codes, colors, props.hidden, ratio);
    drawLine(context, line.current, tool, style.outlineColor, ratio);
  }, [points, grid, colors, props.codes, props.hidden, flags, props.showsPictures, layer, tool]);

  draw.current = () => { if (pending.current === 0) pending.current = requestAnimationFrame(paint); };
  useEffect(() => draw.current(), [paint]);
  useEffect(() => {
    const observer = new ResizeObserver(() => draw.current()), dark = matchMedia('(prefers-color-scheme: dark)');
    const again = () => draw.current();
    observer.observe(box.current!);
    dark.addEventListener('change', again);
    return () => { observer.disconnect(); dark.removeEventListener('change', again);
      cancelAnimationFrame(pending.current); pending.current = 0; };
  }, []);

  const at = (event: { clientX: number; clientY: number }): [number, number] => {
    const area = canvas.current!.getBoundingClientRect(), ratio = devicePixelRatio;
    return [(event.clientX - area.left) * ratio, (event.clientY - area.top) * ratio];
  };
  const toMap = ([px, py]: [number, number]): [number, number] => {
    const { x, y, scale } = view.current!, element = canvas.current!;
    return [(px - element.width / 2) / scale + x, (element.height / 2 - py) / scale + y];
  };
  const zoom = (factor: number, [px, py]: [number, number] = [canvas.current!.width / 2, canvas.current!.height / 2]) => {
    const before = toMap([px, py]), now = view.current!;
    now.scale = Math.min(1e6, Math.max(1e-3, now.scale * factor));
    const after = toMap([px, py]);
    now.x += before[0] - after[0];
    now.y += before[1] - after[1];
    draw.current();
  };
  usePointers(box, { at, toMap, zoom, view, line, tool, draw, grid, points, setHover, onChoose, onOpen });

  function key(event: KeyboardEvent): void {
    const step = 60 * devicePixelRatio / view.current!.scale, now = view.current!;
    const moves: Record<string, [number, number]> = { ArrowLeft: [-step, 0], ArrowRight: [step, 0],
      ArrowUp: [0, step], ArrowDown: [0, -step] };
    const move = moves[event.key];
    if (move) { now.x += move[0]; now.y += move[1]; draw.current(); }
    else if (event.key === '+' || event.key === '=') zoom(1.3);
    else if (event.key === '-') zoom(1 / 1.3);
    else if (event.key === '0') { view.current = null; draw.current(); }
    else if (event.key === 'Escape') onChoose([], false);
    else if (event.key === 'Enter') onChoose(seen(), false);
    else return;
    event.preventDefault();
  }
  // Enter takes what is in sight: by keys alone, one zooms in and takes it
  function seen(): number[] {
    const element = canvas.current!, [x0, y1] = toMap([0, 0]), [x1, y0] = toMap([element.width, element.height]);
    return [...grid.within(x0, y0, x1, y1)]
      .filter(i => points.x[i]! >= x0 && points.x[i]! <= x1 && points.y[i]! >= y0 && points.y[i]! <= y1)
      .map(i => points.place[i]!);
  }
  return <div class={props.isDropping ? 'mapbox dropping' : 'mapbox'} ref={box} tabIndex={0} role="application" onKeyDown={key}
    aria-label={`Map of ${points.count.toLocaleString('en')} pictures. ${Keys}`}>
    <canvas ref={canvas} /><canvas ref={over} />
    <span class="count">{points.count.toLocaleString('en')} pictures
      {chosen.size > 0 && `, ${chosen.size.toLocaleString('en')} selected`}</span>
    {hover && <HoverCard run={run} hover={hover} hasNeighbors={props.info.hasEmbeddings} hasPictures={!props.info.noPictures} />}
  </div>;
}

function fitted(grid: PointGrid, width: number, height: number): View {
  const [x0, y0] = grid.least, [x1, y1] = grid.most;
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, scale: 0.94 * Math.min(width / (x1 - x0 || 1), height / (y1 - y0 || 1)) };
}

function drawLine(context: CanvasRenderingContext2D, line: [number, number][], tool: Tool, color: string, ratio: number): void {
  if (line.length < 2) return;
  context.strokeStyle = color;
  context.lineWidth = 1.5 * ratio;
  context.setLineDash([5 * ratio, 4 * ratio]);
  context.beginPath();
  const [from, to] = [line[0]!, line.at(-1)!];
  if (tool === 'box') context.rect(from[0], from[1], to[0] - from[0], to[1] - from[1]);
  else line.forEach(([x, y], i) => i === 0 ? context.moveTo(x, y) : context.lineTo(x, y));
  if (tool !== 'box') context.closePath();
  context.stroke();
  context.setLineDash([]);
}

interface Pointing {
  at: (event: PointerEvent | WheelEvent | MouseEvent) => [number, number]; toMap: (at: [number, number]) => [number, number];
  zoom: (factor: number, at: [number, number]) => void; view: { current: View | null }; line: { current: [number, number][] }; tool: Tool;
  draw: { current: () => void }; grid: PointGrid; points: Points; setHover: (hover: Hover | null) => void;
  onChoose: (places: number[], adds: boolean) => void; onOpen: (place: number) => void;
}

function usePointers(box: { current: HTMLDivElement | null }, pointing: Pointing): void {
  const now = useRef(pointing);
  now.current = pointing;
  useEffect(() => {
    const element = box.current!, fingers = new Map<number, [number, number]>();
    let timer = 0, moved = 0, chooses = false, apart = 0;
    const place = (at: [number, number]): number => {
      const { toMap, grid, points, view } = now.current, [x, y] = toMap(at);
      const i = grid.nearest(x, y, Reach * devicePixelRatio / view.current!.scale);
      return i < 0 ? -1 : points.place[i]!;
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, now.current.at(event));
      moved = 0;
      chooses = fingers.size === 1 && (now.current.tool !== 'move' || event.shiftKey);
      now.current.line.current = chooses ? [now.current.at(event)] : [];
      now.current.setHover(null);
    };
    const move = (event: PointerEvent) => {
      const at = now.current.at(event), before = fingers.get(event.pointerId);
      clearTimeout(timer);
      if (!before) {
        now.current.setHover(null);
        const area = element.getBoundingClientRect(), left = event.clientX - area.left, top = event.clientY - area.top;
        timer = window.setTimeout(() => {
          const found = place(at);
          now.current.setHover(found < 0 ? null : { left: left > area.width / 2 ? left - 224 : left + 16,
            top: Math.max(4, Math.min(top - 100, area.height - 300)), place: found });
        }, HoverDelay);
        return;
      }
      moved += Math.abs(at[0] - before[0]) + Math.abs(at[1] - before[1]);
      fingers.set(event.pointerId, at);
      const view = now.current.view.current!;
      if (fingers.size === 2) {
        const [a, b] = [...fingers.values()] as [[number, number], [number, number]], far = Math.hypot(a[0] - b[0], a[1] - b[1]);
        if (apart > 0) now.current.zoom(far / apart, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
        apart = far;
        now.current.line.current = [];
      } else if (chooses) now.current.line.current.push(at);
      else { view.x -= (at[0] - before[0]) / view.scale; view.y += (at[1] - before[1]) / view.scale; }
      now.current.draw.current();
    };
    const up = (event: PointerEvent) => {
      if (!fingers.delete(event.pointerId)) return;
      apart = 0;
      const { line, onChoose, draw } = now.current, at = now.current.at(event);
      if (moved < 6) { const found = place(at); onChoose(found < 0 ? [] : [found], event.ctrlKey || event.metaKey); }
      else if (chooses && line.current.length > 1) onChoose(enclosed(now.current), event.ctrlKey || event.metaKey);
      line.current = [];
      draw.current();
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      now.current.setHover(null);
      now.current.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), now.current.at(event));
    };
    const leave = () => { clearTimeout(timer); now.current.setHover(null); };
    const open = (event: MouseEvent) => { const found = place(now.current.at(event)); if (found >= 0) now.current.onOpen(found); };
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('dblclick', open);
    return () => {
      clearTimeout(timer);
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('dblclick', open);
    };
  }, []);
}

function enclosed({ line, tool, toMap, grid, points }: Pointing): number[] {
  const corners = line.current.map(toMap);
  const [from, to] = [corners[0]!, corners.at(-1)!];
  const shape: [number, number][] = tool === 'box' ? [from, [to[0], from[1]], to, [from[0], to[1]]] : corners;
  const xs = shape.map(([x]) => x), ys = shape.map(([, y]) => y), found: number[] = [];
  for (const i of grid.within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)))
    if (inside(shape, points.x[i]!, points.y[i]!)) found.push(points.place[i]!);
  return found.sort((a, b) => a - b);
}

function HoverCard({ run, hover, hasNeighbors, hasPictures }: { run: string; hover: Hover; hasNeighbors: boolean; hasPictures: boolean }) {
  const [what, setWhat] = useState<Picture | null>(null), [near, setNear] = useState<number[]>([]);
  useEffect(() => {
    const end = new AbortController();
    setWhat(null);
    setNear([]);
    get<Picture>(`/runs/${run}/pictures/${hover.place}`, end.signal).then(setWhat).catch(() => undefined);
    if (hasNeighbors) get<Found>(`/runs/${run}/pictures/${hover.place}/like?top=6`, end.signal)
      .then(found => setNear(found.places)).catch(() => undefined);
    return () => end.abort();
  }, [hover.place]);
  return <div class="hover" style={{ left: `${hover.left}px`, top: `${hover.top}px` }}>
    {hasPictures && <img src={thumbnail(run, hover.place, 192)} alt="" />}
    {hasNeighbors && <div class="near">{near.map(place => <img key={place} src={thumbnail(run, place, 48)} alt="" />)}</div>}
    <div class="what">{what && <><strong>{what.given ?? what.label ?? 'no label'}</strong> {what.name}</>}</div>
  </div>;
}
