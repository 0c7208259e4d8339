// What tests came to, confusions with their pictures, and what starts a test.
import { useEffect, useState } from 'preact/hooks';
import { get, type Confusions, type Evaluation, type Run, StudioError } from './api';
import { Dialog, Grid, JobList, begin, fixed, plural, useDone } from './parts';
import { attempt } from './store';

export function Results({ run }: { run: Run }) {
  const done = useDone(run.id), [tests, setTests] = useState<{ evaluations: Evaluation[]; notes: string[] } | null>(null);
  useEffect(() => { void attempt(async () => setTests(await get(`/runs/${run.id}/evaluations`))); }, [run.id, done]);
  return <div class="page">
    <Starter run={run} />
    <JobList run={run.id} />
    {tests?.notes.map(note => <p key={note} class="problem">{note}</p>)}
    {tests?.evaluations.length === 0 && <section class="panel"><h2>Nothing was tested yet</h2>
      <p class="hint">A test says what the encoder's features
      are worth, beside pixels and the untrained encoder.</p></section>}
    {tests?.evaluations.map(one => <Test key={one.name} test={one} />)}
    <ConfusionPanel run={run} />
  </div>;
}

function Starter({ run }: { run: Run }) {
  const [test, setTest] = useState('knn'), [labels, setLabels] = useState('100%'), [given, setGiven] = useState(false);
  return <section class="panel"><h2>Test the encoder</h2>
    <form class="row" onSubmit={event => {
      event.preventDefault();
      void begin(`/runs/${run.id}/evaluations`, { test, labels: test === 'linear' ? labels : null, given });
    }}>
      <label>Test <select value={test} onChange={event => setTest(event.currentTarget.value)}>
        <option value="knn">nearest neighbors (kNN)</option><option value="linear">linear classifier</option></select></label>
      {test === 'linear' && <label>Labels <select value={labels} onChange={event => setLabels(event.currentTarget.value)}>
        {['1%', '10%', '100%', '1-per-class', '5-per-class', '20-per-class'].map(one => <option key={one}>{one}</option>)}</select></label>}
      <label class="row"><input type="checkbox" checked={given}
        onChange={event => setGiven(event.currentTarget.checked)} />labels given in the studio</label>
      <button class="main" disabled={!run.hasEncoder}>Start</button>
      {!run.hasEncoder && <span class="hint">The run has no encoder yet.</span>}
    </form></section>;
}

function Test({ test }: { test: Evaluation }) {
  return <section class="panel"><div class="scroll"><table><caption>{test.name}</caption>
    <thead><tr><th scope="col">features</th><th scope="col">test</th>
      <th scope="col" class="number">labels</th><th scope="col" class="number">right, %</th></tr></thead>
    <tbody>{test.scores.map((score, at) => <tr key={at} class={score.isTrained ? 'trained' : ''}>
      <td>{score.features}</td><td>{score.kind}</td>
      <td class="number">{score.labels?.toLocaleString('en') ?? '–'}</td>
      <td class="number">{fixed(score.accuracy)}{score.spread !== null && ` ± ${fixed(score.spread)}`}</td></tr>)}</tbody></table></div>
    <p class="hint">{test.settings.map(one => `${one.name} ${one.value}`).join(', ')}</p>
    {test.classes.length > 0 && <details><summary>Classes</summary>
      <div class="scroll"><table><caption class="hidden">Classes of {test.name}</caption>
      <thead><tr><th scope="col">class</th><th scope="col" class="number">pictures</th>
        <th scope="col" class="number">right, %</th><th scope="col">mistaken for</th></tr></thead>
      <tbody>{test.classes.map(one => <tr key={one.name}><td>{one.name}</td><td class="number">{one.pictures}</td>
        <td class="number">{fixed(one.accuracy)}</td><td>{one.mistakenFor ?? '–'}</td></tr>)}</tbody></table></div></details>}
  </section>;
}

const shade = (share: number, isRight: boolean): string =>
  `color-mix(in oklab, ${isRight ? 'var(--good)' : 'var(--bad)'} ${Math.round(share * 60)}%, var(--card))`;

function ConfusionPanel({ run }: { run: Run }) {
  const [what, setWhat] = useState<Confusions | null>(null), [problem, setProblem] = useState<string | null>(null);
  const [cell, setCell] = useState<{ title: string; places: number[] } | null>(null);
  useEffect(() => {
    if (!run.hasMap) return;
    get<Confusions>(`/runs/${run.id}/confusions`).then(setWhat).catch((error: unknown) =>
      setProblem(error instanceof StudioError ? error.message : 'the studio does not answer'));
  }, [run.id, run.hasMap]);
  if (!run.hasMap) return <section class="panel"><h2>Confusions with their pictures</h2>
    <p class="hint"><a href={`#/map/${run.id}`}>Make the map</a> to
    see which pictures are taken for which class.</p></section>;
  if (problem) return <section class="panel"><h2>Confusions with their pictures</h2><p class="hint">{problem}.</p></section>;
  if (!what) return <section class="panel"><h2>Confusions with their pictures</h2><p class="hint">Comparing …</p></section>;
  const sums = what.counts.map(row => row.reduce((a, b) => a + b, 0));
  async function open(truth: number, taken: number): Promise<void> {
    const places = await attempt(() => get<number[]>(`/runs/${run.id}/confusions/${truth}/${taken}`));
    if (places) setCell({ title: `${what!.classes[truth]} taken for ${what!.classes[taken]}`, places });
  }
  return <section class="panel"><h2>Confusions with their pictures</h2>
    <p class="hint">The 20 nearest {what.isTested ? 'training pictures vote on each test picture'
      : 'other pictures vote on each picture'}, on the map's
      embeddings: {fixed(what.accuracy)} % right. A click on a cell shows its pictures.</p>
    <div class="scroll"><table class="matrix"><caption class="hidden">Rows are classes, columns what their pictures are taken for</caption>
      <thead><tr><td />{what.classes.map(name => <th key={name} scope="col" title={name}>{name}</th>)}</tr></thead>
      <tbody>{what.counts.map((row, truth) => <tr key={truth}><th scope="row" title={what.classes[truth]}>{what.classes[truth]}</th>
        {row.map((count, taken) => { const share = count / (sums[truth] || 1); return <td key={taken}><button disabled={count === 0}
          style={{ background: shade(share, truth === taken) }}
          aria-label={`${what.classes[truth]} taken for ${what.classes[taken]}: ${count}`}
            onClick={() => open(truth, taken)}>{count || ''}</button></td>; })}
      </tr>)}</tbody></table></div>
    {cell && <Dialog title={`${cell.title}: ${plural(cell.places.length, 'picture')}`} onClose={() => setCell(null)}>
      <Grid run={run.id} tiles={cell.places.map(place => ({ place }))} label={cell.title} side={120} /></Dialog>}
  </section>;
}
