// The map's page: what points are colored by, what is chosen, and what is done with it.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  bytes, get, post, postFile, postText, StudioError, type Column, type Found, type Labels, type MapInfo, type Run, type Selection,
  type Suggested,
} from '../api';
import { Empty, Grid, JobList, begin, plural, useDone, type Tile } from '../parts';
import { attempt, say } from '../store';
import { colorOf } from './colors';
import { EpochBar, useEpoch } from './epochs';
import { LabelPanel, PictureDialog } from './panel';
import { shuffled, type Points } from './raster';
import { MapView, type Tool } from './view';

const MostTiles = 100_000, MostAsked = 10_000, Typing = 'input:not([type=range], [type=checkbox]), select, dialog';

export function MapPage({ run }: { run: Run }) {
  const [info, setInfo] = useState<MapInfo | null>(null), [points, setPoints] = useState<Points | null>(null);
  const [missing, setMissing] = useState<StudioError | null>(null), done = useDone(run.id);
  useEffect(() => {
    const end = new AbortController();
    void (async () => {
      try {
        const now = await get<MapInfo>(`/runs/${run.id}/map`, end.signal);
        setPoints(shuffled(await bytes(`/runs/${run.id}/map/points`)));
        setInfo(now);
        setMissing(null);
      } catch (error) {
        if (error instanceof StudioError) setMissing(error);
      }
    })();
    return () => end.abort();
  }, [run.id, run.hasMap, done]);
  if (info && points && !missing) return <Mapped run={run} info={info} points={points} onInfo={setInfo} />;
  if (!missing) return <Empty title="Loading the map …" />;
  return <div class="page"><JobList run={run.id} />
    <Empty title={missing.id === 'MS5325' ? 'There is no map of this run\'s pictures yet' : missing.message}>
      <p>It is made by embedding all pictures with the run's encoder, on one thread: <code>moco embed</code>, then
        {' '}<code>moco map</code>.</p>
      {run.hasEncoder ? <button class="main" onClick={() => begin(`/runs/${run.id}/map`)}>Make the map</button>
        : <p>The run has no encoder yet: it comes with the first checkpoint.</p>}
    </Empty></div>;
}

interface Shown { title: string; tiles: Tile[]; suggested: Suggested | null }

function Mapped({ run, info, points: own, onInfo }: { run: Run; info: MapInfo; points: Points; onInfo: (info: MapInfo) => void }) {
  const [name, setName] = useState(info.columns[0]?.name ?? ''), [codes, setCodes] = useState<Uint16Array | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set()), [tool, setTool] = useState<Tool>('move');
  const [step, setStep] = useState<number | null>(null), points = useEpoch(run.id, own, step);
  const [showsPictures, setShowsPictures] = useState(own.count <= 5000 && !info.noPictures);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set()), [shown, setShown] = useState<Shown | null>(null);
  const [labels, setLabels] = useState<Labels | null>(null), [opened, setOpened] = useState<number | null>(null);
  const [isDropping, setIsDropping] = useState(false), [version, setVersion] = useState(0), top = useRef<HTMLDivElement>(null);
  const at = info.columns.findIndex(column => column.name === name), column = info.columns[at] ?? null;
  useEffect(() => { void attempt(async () => setLabels(await get<Labels>(`/runs/${run.id}/labels`))); }, [run.id]);
  useEffect(() => {
    let isOver = false;
    if (at < 0) { setCodes(null); return; }
    void attempt(async () => {
      const now = new Uint16Array(await bytes(`/runs/${run.id}/map/columns/${at}`));
      if (!isOver) setCodes(now);
    });
    return () => { isOver = true; };
  }, [run.id, at, version, info]);
  useEffect(() => setHidden(new Set()), [name]);

  const choose = useCallback((places: number[], adds: boolean) => {
    setChosen(before => adds ? new Set([...before, ...places]) : new Set(places));
    setShown(null);
  }, []);
  const tiles = useMemo<Tile[]>(() => shown?.tiles ?? [...chosen].slice(0, MostTiles).map(place => ({ place })), [shown, chosen]);

  const toggle = (place: number) => setChosen(before => {
    const now = new Set(before);
    if (!now.delete(place)) now.add(place);
    return now;
  });
  function found(title: string, result: Found): void {
    setShown({ title, tiles: result.places.map((place, i) => ({ place, note: result.similarities[i]!.toFixed(3) })), suggested: null });
    setChosen(new Set(result.places));
  }
  const like = (places: number[]) => attempt(async () =>
    found(`Most like ${plural(places.length, 'picture')}`,
      await post<Found>(`/runs/${run.id}/find`, { places: places.slice(0, MostAsked), top: 120 })));
  async function label(text: string | null, places = [...chosen]): Promise<void> {
    if (places.length === 0) { say('Select some pictures first.'); return; }
    await changeLabels(() => post<Labels>(`/runs/${run.id}/labels`, { places, label: text }));
  }
  async function changeLabels(change: () => Promise<Labels>): Promise<void> {
    const now = await attempt(change);
    if (!now) return;
    setLabels(now);
    const fresh = await attempt(() => get<MapInfo>(`/runs/${run.id}/map`));
    if (fresh) onInfo(fresh);
    setVersion(before => before + 1);
  }
  const undo = () => changeLabels(() => post<Labels>(`/runs/${run.id}/labels/undo`));
  async function suggest(unsure: boolean): Promise<void> {
    const now = await attempt(() => post<Suggested>(`/runs/${run.id}/labels/suggest`, { count: 60, unsure }));
    if (!now) return;
    const learned = `learned from ${plural(now.learned, 'label')} in ${Math.round(now.milliseconds)} ms`;
    setShown({ title: `${plural(now.places.length, 'suggestion')} ${learned}`,
      tiles: now.places.map((place, i) => ({ place,
        note: `${now.classes[now.labels[i]!]} ${Math.round(100 * now.probabilities[i]!)} %` })), suggested: now });
    setChosen(new Set(now.places));
  }
  async function accept(suggested: Suggested): Promise<void> {
    for (const [number, name] of suggested.classes.entries()) {
      const places = suggested.places.filter((place, i) => suggested.labels[i] === number && chosen.has(place));
      if (places.length > 0) await label(name, places);
    }
    setShown(null);
    setChosen(new Set());
  }
  async function exported(): Promise<void> {
    const text = await attempt(() => postText(`/runs/${run.id}/export`, { places: [...chosen] }));
    if (text === null) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    link.download = 'selection.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  }
  async function linked(): Promise<void> {
    const now = await attempt(() => post<Selection>(`/runs/${run.id}/export/folder`, { places: [...chosen] }));
    if (!now) return;
    const made = [now.links > 0 && plural(now.links, 'link'), now.copies > 0 && plural(now.copies, 'copy', 'copies')];
    say(`${made.filter(Boolean).join(' and ')} in ${now.folder}`, false, null, true);
  }
  async function drop(event: DragEvent): Promise<void> {
    event.preventDefault();
    setIsDropping(false);
    const file = event.dataTransfer?.files[0];
    if (file) await byFile(file);
  }
  const byFile = (file: File) => attempt(async () =>
    found(`Most like ${file.name}`, await postFile<Found>(`/runs/${run.id}/find/file?top=120`, file)));

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest(Typing);
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const number = Number(event.key), tools: Record<string, Tool> = { v: 'move', l: 'lasso', b: 'box' };
      if (number >= 1 && number <= 9 && labels?.classes[number - 1]) void label(labels.classes[number - 1]!.name);
      else if (event.key === 'u') void undo();
      else if (event.key === 'p') setShowsPictures(!showsPictures);
      else if (tools[event.key]) setTool(tools[event.key]!);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  });

  return <div class="mappage" ref={top} onDragOver={event => { event.preventDefault(); setIsDropping(true); }}
    onDragLeave={() => setIsDropping(false)} onDrop={drop}>
    <section class="mapmain" aria-label="Map">
      <div class="mapbar">
        <label>Color by <select value={name} onChange={event => setName(event.currentTarget.value)}>
          {info.columns.map(one => <option key={one.name}>{one.name}</option>)}</select></label>
        <div class="together" role="group" aria-label="What dragging does">{(['move', 'lasso', 'box'] as Tool[]).map(one =>
          <button key={one} aria-pressed={tool === one} onClick={() => setTool(one)}>{one[0]!.toUpperCase() + one.slice(1)}</button>)}</div>
        {!info.noPictures && <button aria-pressed={showsPictures} onClick={() => setShowsPictures(!showsPictures)}>Pictures</button>}
        <label class="filepick">
          <input type="file" accept="image/*" aria-label="Look-alikes of a picture file" class="hidden" onChange={event => {
            const file = event.currentTarget.files?.[0];
            if (file) void byFile(file);
            event.currentTarget.value = '';
          }} /><span class="filebutton">Look-alikes of a file</span></label>
        <span class="grow" />
        {run.hasEncoder && <button onClick={() => begin(`/runs/${run.id}/map`)}>Make anew</button>}
      </div>
      <JobList run={run.id} />
      {[info.noPictures, ...info.notes].filter(Boolean).map(note => <p key={note} class="problem">{note}</p>)}
      <EpochBar run={run} info={info} step={step} onStep={setStep} />
      <MapView run={run.id} info={info} points={points} column={column} codes={codes} hidden={hidden} chosen={chosen} tool={tool}
          showsPictures={showsPictures} onChoose={choose} onOpen={setOpened} isDropping={isDropping} />
    </section>
    <aside class="mapside" aria-label="Selection and labels">
      <Legend column={column} hidden={hidden} onToggle={group => setHidden(before => {
        const now = new Set(before);
        if (!now.delete(group)) now.add(group);
        return now;
      })} />
      <LabelPanel labels={labels} count={chosen.size} shown={shown} hasEmbeddings={info.hasEmbeddings} onLabel={label} onUndo={undo}
        onSuggest={suggest} onAccept={() => shown?.suggested && accept(shown.suggested)} onLike={() => like([...chosen])}
          onExport={exported} onFolder={linked}
        onNone={() => choose([], false)} />
      <Grid run={run.id} tiles={tiles} label={shown?.title ?? 'Selected pictures'} chosen={shown ? chosen : undefined} onOpen={setOpened}
        onClick={shown ? toggle : setOpened} onTake={toggle} />
    </aside>
    {opened !== null && <PictureDialog run={run.id} place={opened} hasEmbeddings={info.hasEmbeddings} onClose={() => setOpened(null)}
      onOpen={setOpened} onLike={place => { setOpened(null); void like([place]); }} />}
  </div>;
}

function Legend({ column, hidden, onToggle }: { column: Column | null; hidden: ReadonlySet<number>; onToggle: (group: number) => void }) {
  if (!column) return null;
  if (!column.groups) return <div class="legend"><div><div class="scale" /><div class="scaletext"><span>{column.least}</span>
    <span>{column.most}</span></div></div></div>;
  return <div class="legend" role="group" aria-label={`${column.name}: a click hides a group`}>
    {column.groups.slice(0, 200).map((group, at) =>
      <button key={group} aria-pressed={hidden.has(at)} title={group} onClick={() => onToggle(at)}>
      <i style={{ background: colorOf(at) }} /><span>{group}</span><small>{column.counts![at]!.toLocaleString('en')}</small></button>)}
  </div>;
}
