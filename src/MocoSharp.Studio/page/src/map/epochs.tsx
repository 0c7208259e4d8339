// The map at several epochs: a slider, and points that glide from one to the next.
import { useEffect, useRef, useState } from 'preact/hooks';
import { bytes, type MapInfo, type Run } from '../api';
import { begin, plural } from '../parts';
import { attempt } from '../store';
import { shuffled, type Points } from './raster';

const Glide = 450, MostGliding = 200_000;

/** Where points are now: at the map's own places, or on their way to those of an epoch. */
export function useEpoch(run: string, own: Points, step: number | null): Points {
  const [now, setNow] = useState(own), known = useRef(new Map<number, Points>()), shown = useRef(own);
  const show = (points: Points) => { shown.current = points; setNow(points); };
  useEffect(() => { known.current.clear(); show(own); }, [own]);
  useEffect(() => {
    let frame = 0, isOver = false;
    void attempt(async () => {
      const to = step === null ? own : known.current.get(step) ?? shuffled(await bytes(`/runs/${run}/map/epochs/${step}/points`));
      if (step !== null) known.current.set(step, to);
      if (isOver || to === shown.current) return;
      if (own.count > MostGliding || matchMedia('(prefers-reduced-motion: reduce)').matches) { show(to); return; }
      const from = shown.current, started = performance.now();
      const move = () => {
        const share = Math.min(1, (performance.now() - started) / Glide), eased = share * share * (3 - 2 * share);
        show(share === 1 ? to : between(from, to, eased));
        if (share < 1) frame = requestAnimationFrame(move);
      };
      frame = requestAnimationFrame(move);
    });
    return () => { isOver = true; cancelAnimationFrame(frame); };
  }, [run, own, step]);
  return now;
}

function between(from: Points, to: Points, share: number): Points {
  const x = new Float32Array(to.count), y = new Float32Array(to.count);
  for (let i = 0; i < to.count; i++) {
    x[i] = from.x[i]! + share * (to.x[i]! - from.x[i]!);
    y[i] = from.y[i]! + share * (to.y[i]! - from.y[i]!);
  }
  return { ...to, x, y };
}

/** The slider. Its last place is the map itself. */
export function EpochBar({ run, info, step, onStep }: {
  run: Run; info: MapInfo; step: number | null; onStep: (step: number | null) => void;
}) {
  const made = info.epochs.filter(one => one.isMade), missing = info.epochs.length - made.length;
  if (info.epochs.length === 0) return null;
  const found = made.findIndex(one => one.step === step), at = found < 0 ? made.length : found;
  const text = found < 0 ? info.epoch === null ? 'the map as made' : `epoch ${info.epoch}` : `epoch ${made[found]!.epoch}`;
  return <div class="epochbar">
    {made.length > 0 && <label>Map at <input type="range" min={0} max={made.length} step={1} value={at} aria-valuetext={text}
      onInput={event => onStep(made[Number(event.currentTarget.value)]?.step ?? null)} /> <output>{text}</output></label>}
    {missing > 0 && run.hasEncoder && <button onClick={() => begin(`/runs/${run.id}/map/epochs`)}
      title="One for each checkpoint that the run keeps, turned onto this map">Map {plural(missing, 'earlier epoch')}</button>}
  </div>;
}
