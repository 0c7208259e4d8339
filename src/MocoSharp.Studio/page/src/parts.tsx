// Small pieces that all pages use.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, post, thumbnail, type Job, type Picture, type Run } from './api';
import { attempt, dismiss, tellJob, useShared } from './store';

export const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
}

export const fixed = (value: number | null | undefined, digits = 2): string =>
  value === null || value === undefined ? '–' : value.toFixed(digits);

export function StateMark({ run }: { run: Run }) {
  const text = run.isStopping ? 'stopping' : run.state;
  return <span class={`state ${run.state}`}>{text}</span>;
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="empty"><h2>{title}</h2><div>{children}</div></div>;
}

export function Messages() {
  const { messages } = useShared();
  return <div class="messages" role="status" aria-live="polite">
    {messages.map(one => <div key={one.number} class={one.isError ? 'message error' : 'message'}>
      <div>{one.text}{one.fix && <div class="fix">{one.fix}</div>}</div>
      <button class="quiet" aria-label="Close this message" onClick={() => dismiss(one.number)}>×</button>
    </div>)}
  </div>;
}

export function JobList({ run }: { run: string | null }) {
  const { jobs } = useShared();
  const open = jobs.filter(job => (job.state === 'running' || job.state === 'waiting') && (run === null || job.run === run));
  if (open.length === 0) return null;
  return <section class="jobs" aria-label="Work under way">
    {open.map(job => <div key={job.number} class="job">
      <span class="spinner" aria-hidden="true" />
      <div class="grow"><div>{job.title}{job.state === 'waiting' && ' (waits)'}</div>
        <code>{job.lines.at(-1) ?? job.commands[0]}</code></div>
      <button onClick={() => attempt(() => post<Job>(`/jobs/${job.number}/stop`))}>Stop</button>
    </div>)}
  </section>;
}

export async function begin(path: string, what?: unknown): Promise<void> {
  const job = await attempt(() => post<Job>(path, what));
  if (job) tellJob(job);
}

/** Whether work of this run ended since the page was shown: then what it made is read anew. */
export function useDone(run: string | null): number {
  const { jobs } = useShared();
  return jobs.filter(job => job.run === run && job.state === 'done').length;
}

const Gap = 6, Ahead = 12;      // pixels between tiles, and rows that are there before they come in sight

export interface Tile { place: number; note?: string; isOff?: boolean }

interface GridProps {
  run: string; tiles: Tile[]; label: string; chosen?: ReadonlySet<number>; onClick?: (place: number) => void;
  onOpen?: (place: number) => void; onTake?: (place: number) => void; side?: number;
}

/** Any number of thumbnails: those in sight, and some above and below, are there. */
export function Grid({ run, tiles, label, chosen, onClick, onOpen, onTake, side = 92 }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 320, height: 400, top: 0 });
  const [at, setAt] = useState(0), before = useRef(tiles), [told, setTold] = useState<number | null>(null);
  useEffect(() => {
    const element = box.current!;
    const room = element.firstElementChild!;
    const measure = () => setSize({ width: room.clientWidth, height: element.clientHeight, top: element.scrollTop });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => { observer.disconnect(); element.removeEventListener('scroll', measure); };
  }, []);
  useEffect(() => {
    const isOneLess = tiles.length === before.current.length - 1;       // it was taken out: one stays where one is
    before.current = tiles;
    if (isOneLess) setAt(Math.min(at, Math.max(0, tiles.length - 1)));
    else { setAt(0); box.current!.scrollTop = 0; }
  }, [tiles]);
  const columns = Math.max(1, Math.floor((size.width + Gap) / (side + Gap)));
  const cell = Math.floor((size.width + Gap) / columns), own = Math.min(cell, 2 * side) - Gap, rows = Math.ceil(tiles.length / columns);
  const first = Math.max(0, Math.floor(size.top / cell) - Ahead), last = Math.min(rows, Math.ceil((size.top + size.height) / cell) + Ahead);
  const seen = tiles.slice(first * columns, last * columns);
  function move(to: number, event: KeyboardEvent): void {
    event.preventDefault();
    const next = Math.min(tiles.length - 1, Math.max(0, to));
    setAt(next);
    const row = Math.floor(next / columns) * cell, element = box.current!;
    if (row < element.scrollTop) element.scrollTop = row;
    if (row + cell > element.scrollTop + element.clientHeight) element.scrollTop = row + cell - element.clientHeight;
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-at="${next}"]`)?.focus());
  }
  function key(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const step = steps[event.key];
    if (step !== undefined) move(at + step, event);
    else if (event.key === 'Home') move(0, event);
    else if (event.key === 'End') move(tiles.length - 1, event);
    else if (event.key === 'Enter' && tiles[at]) { event.preventDefault(); onOpen?.(tiles[at]!.place); }
    else if (event.key === 'Delete' && tiles[at] && onTake) { event.preventDefault(); onTake(tiles[at]!.place); }
  }
  return <><div class="grid" ref={box} role="listbox" aria-multiselectable aria-label={label} onKeyDown={key}>
    <div class="gridroom" style={{ height: `${rows * cell}px` }} role="presentation">
      {seen.map((tile, index) => {
        const i = first * columns + index;
        return <button key={`${i}-${tile.place}`} data-at={i} role="option" aria-posinset={i + 1} aria-setsize={tiles.length}
          tabIndex={i === at ? 0 : -1}
          class={`tile${chosen?.has(tile.place) ? ' chosen' : ''}${tile.isOff ? ' off' : ''}`}
          style={{ left: `${i % columns * cell}px`, top: `${Math.floor(i / columns) * cell}px`, width: `${own}px`, height: `${own}px` }}
          aria-label={`picture ${tile.place}${tile.note ? `, ${tile.note}` : ''}`} aria-selected={chosen?.has(tile.place) ?? false}
          onClick={event => {
            setAt(i);
            if (onTake && (event.ctrlKey || event.metaKey)) onTake(tile.place);
            else if (onClick) onClick(tile.place);
            else onOpen?.(tile.place);
          }}
          onDblClick={() => onOpen?.(tile.place)} onFocus={() => setTold(tile.place)} onPointerEnter={() => setTold(tile.place)}>
          <img src={thumbnail(run, tile.place, 96)} alt="" loading="eager" decoding="async" draggable={false} />
          {tile.note && <span class="note">{tile.note}</span>}
        </button>;
      })}
    </div>
  </div><Told run={run} place={tiles.length > 0 ? told : null} /></>;
}

/** The name and the label of the picture that has the focus or the pointer. */
function Told({ run, place }: { run: string; place: number | null }) {
  const [what, setWhat] = useState<Picture | null>(null);
  useEffect(() => {
    const end = new AbortController(), timer = setTimeout(() => {
      if (place === null) setWhat(null);
      else get<Picture>(`/runs/${run}/pictures/${place}`, end.signal).then(setWhat).catch(() => undefined);
    }, 120);
    return () => { clearTimeout(timer); end.abort(); };
  }, [run, place]);
  return <p class="told" role="status">{what && <><strong>{what.given ?? what.label ?? 'no label'}</strong> {what.name}</>}</p>;
}

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current!.showModal(), []);
  return <dialog ref={element} aria-label={title} onClose={onClose} onClick={event => event.target === element.current && onClose()}>
    <header><h2>{title}</h2><button class="quiet" aria-label="Close" onClick={onClose}>×</button></header>
    {children}
  </dialog>;
}
