// What is done with a selection: labels, suggestions, look-alikes, tables.
import { useEffect, useState } from 'preact/hooks';
import { get, thumbnail, type Found, type Labels, type Picture, type Suggested } from '../api';
import { Dialog, Grid, plural, type Tile } from '../parts';
import { attempt } from '../store';

interface Props {
  labels: Labels | null; count: number; shown: { title: string; suggested: Suggested | null } | null; hasEmbeddings: boolean;
  onLabel: (label: string | null) => void; onUndo: () => void; onSuggest: (unsure: boolean) => void; onAccept: () => void;
  onLike: () => void; onExport: () => void; onFolder: () => void; onNone: () => void;
}

export function LabelPanel(props: Props) {
  const { labels, count, shown } = props, [text, setText] = useState('');
  const canSuggest = props.hasEmbeddings && (labels?.classes.length ?? 0) >= 2;
  return <div class="sidehead">
    <div class="row"><h2 class="grow">{shown?.title ?? (count > 0 ? `${plural(count, 'picture')} selected` : 'Nothing is selected')}</h2>
      {count > 0 && <button onClick={props.onNone}>Clear</button>}</div>
    {count === 0 && !shown && <p class="hint">Click a point, or choose Lasso or Box and draw around some. Ctrl adds to the selection,
      and takes a picture below out of it.</p>}
    <form class="row" onSubmit={event => { event.preventDefault(); if (text.trim()) props.onLabel(text.trim()); }}>
      <input type="text" aria-label="Label for the selected pictures" placeholder="label" list="known-labels" maxLength={200} value={text}
        onInput={event => setText(event.currentTarget.value)} />
      <datalist id="known-labels">{[...new Set([...labels?.classes.map(one => one.name) ?? [], ...labels?.known ?? []])].map(name =>
        <option key={name} value={name} />)}</datalist>
      <button class="main" disabled={count === 0 || text.trim() === ''}>Label {count > 0 ? count.toLocaleString('en') : ''}</button>
      <button type="button" disabled={count === 0} onClick={() => props.onLabel(null)}>Unlabel</button>
    </form>
    {labels && labels.classes.length > 0 && <div class="keys" role="group"
      aria-label="Labels: a click or its number gives it to the selection">
      {labels.classes.map((one, at) => <button key={one.name} disabled={count === 0} onClick={() => props.onLabel(one.name)}>
        {at < 9 && <kbd>{at + 1}</kbd>}{one.name} <small>{one.count}</small></button>)}
    </div>}
    <div class="row">
      {shown?.suggested ? <button class="main" disabled={count === 0} onClick={props.onAccept}>Accept {count}</button> : null}
      <button disabled={!canSuggest} title={canSuggest ? '' : 'Label pictures of two classes first'}
        onClick={() => props.onSuggest(false)}>Suggest</button>
      <button disabled={!canSuggest} title="Those that it is least sure of: labeling them teaches most"
        onClick={() => props.onSuggest(true)}>Unsure ones</button>
      <button disabled={!labels?.canUndo} onClick={props.onUndo}>Undo</button>
    </div>
    <div class="row">
      <button disabled={count === 0 || !props.hasEmbeddings} onClick={props.onLike}>Look-alikes</button>
      <button disabled={count === 0} onClick={props.onExport}>Export CSV</button>
      <button disabled={count === 0} title="A folder of links to the pictures, in the run's folder"
        onClick={props.onFolder}>Export folder</button>
    </div>
    {labels && labels.given > 0 && <p class="hint">{plural(labels.given, 'label')} in <code>{labels.file}</code></p>}
  </div>;
}

export function PictureDialog({ run, place, hasEmbeddings, onClose, onOpen, onLike }: {
  run: string; place: number; hasEmbeddings: boolean; onClose: () => void; onOpen: (place: number) => void; onLike: (place: number) => void;
}) {
  const [what, setWhat] = useState<Picture | null>(null), [near, setNear] = useState<Tile[]>([]);
  useEffect(() => {
    const end = new AbortController();
    void attempt(async () => setWhat(await get<Picture>(`/runs/${run}/pictures/${place}`, end.signal)));
    if (hasEmbeddings) void attempt(async () => {
      const found = await get<Found>(`/runs/${run}/pictures/${place}/like?top=24`, end.signal);
      setNear(found.places.map((one, i) => ({ place: one, note: found.similarities[i]!.toFixed(3) })));
    });
    return () => end.abort();
  }, [run, place]);
  return <Dialog title={what?.name ?? 'Picture'} onClose={onClose}>
    <div class="picture">
      <img src={thumbnail(run, place, 640)} alt={what ? `${what.name}, ${what.given ?? what.label ?? 'no label'}` : ''} />
      <div>
        <dl class="about">
          <div><dt>label</dt><dd>{what?.label ?? '–'}</dd></div>
          <div><dt>given here</dt><dd>{what?.given ?? '–'}</dd></div>
          <div><dt>cluster</dt><dd>{what?.cluster ?? '–'}</dd></div>
        </dl>
        {hasEmbeddings && <><div class="row"><h3 class="grow">Neighbors</h3>
          <button onClick={() => onLike(place)}>Show on the map</button></div>
          <Grid run={run} tiles={near} label="Neighbors" side={86} onOpen={onOpen} /></>}
      </div>
    </div>
  </Dialog>;
}
