// Runs: how far each is, its curves over those of others, and what stops and resumes it.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { get, post, type Course, type Details, type Run } from './api';
import { Curves, RunColors, type Series } from './curves';
import { JobList, StateMark, begin, duration, fixed, plural } from './parts';
import { attempt, go, say, useShared } from './store';

export function Watch() {
  const { runs, run } = useShared();
  const [others, setOthers] = useState<string[]>([]);
  const chosen = runs?.find(one => one.id === run) ?? null;
  if (!runs || runs.length === 0) return null;
  const drawn = chosen ? [chosen, ...runs.filter(one => others.includes(one.id) && one.id !== chosen.id)] : [];
  return <div class="watch">
    <section class="runs" aria-label="Runs">
      {runs.map(one => <RunCard key={one.id} run={one} isChosen={one.id === run} isDrawn={others.includes(one.id)}
        onDraw={isOn => setOthers(isOn ? [...others, one.id] : others.filter(id => id !== one.id))} />)}
    </section>
    {chosen && <section class="detail" aria-label={`Run ${chosen.name}`}>
      <RunHead run={chosen} />
      <JobList run={chosen.id} />
      <RunCurves runs={drawn} />
      <About run={chosen} />
    </section>}
  </div>;
}

function RunCard({ run, isChosen, isDrawn, onDraw }: { run: Run; isChosen: boolean; isDrawn: boolean; onDraw: (isOn: boolean) => void }) {
  const share = run.epochs > 0 ? run.epochsDone / run.epochs : 0;
  return <article class={isChosen ? 'card chosen' : 'card'}>
    <button class="cardhead" aria-current={isChosen} onClick={() => go('watch', run.id)}>
      <span class="name">{run.name}</span><StateMark run={run} />
      <span class="sub">{run.recipe ?? 'no recipe'}{run.method && ` · ${run.method}`}</span>
    </button>
    <progress max={1} value={share} aria-label={`${run.epochsDone} of ${plural(run.epochs, 'epoch')} done`} />
    <div class="cardfoot">
      <span>{run.epochsDone}/{run.epochs} epochs</span>
      {run.knn !== null && <span>kNN {fixed(run.knn, 1)} %</span>}
      {run.remainingSeconds !== null && <span>{duration(run.remainingSeconds)} left</span>}
      <label class="over"><input type="checkbox" checked={isDrawn || isChosen} disabled={isChosen}
        onChange={event => onDraw(event.currentTarget.checked)} />draw</label>
    </div>
  </article>;
}

function RunHead({ run }: { run: Run }) {
  const facts: [string, string][] = [
    ['epochs', `${run.epochsDone} of ${run.epochs}`], ['loss', fixed(run.loss, 3)],
    ['kNN', run.knn === null ? '–' : `${fixed(run.knn, 1)} %`], ['best', run.bestKnn === null ? '–' : `${fixed(run.bestKnn, 1)} %`],
    ['images/s', fixed(run.imagesPerSecond, 0)], ['waits', run.waitFraction === null ? '–' : `${fixed(run.waitFraction * 100, 1)} %`],
    ['trained', run.elapsedSeconds === null ? '–' : duration(run.elapsedSeconds)],
    ['left', run.remainingSeconds === null ? '–' : duration(run.remainingSeconds)],
  ];
  return <header class="runhead">
    <div class="row"><h1>{run.name}</h1><StateMark run={run} /><span class="grow" />
      {run.state === 'training' && <button disabled={run.isStopping} onClick={async () => {
        if (await attempt(() => post<Run>(`/runs/${run.id}/stop`))) say('It stops after its current update and writes a checkpoint.');
      }}>{run.isStopping ? 'Stopping …' : 'Stop'}</button>}
      {(run.state === 'stopped' || run.state === 'failed') && run.epochsDone < run.epochs &&
        <button class="main" onClick={() => begin(`/runs/${run.id}/resume`)}>Resume</button>}
    </div>
    {run.problem && <div class="problem" role="alert"><strong>{run.problem.id}</strong> {run.problem.what}
      {run.problem.fix && <div class="fix">{run.problem.fix}</div>}</div>}
    <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
  </header>;
}

interface Known { course: Course; chance: number | null }

function RunCurves({ runs }: { runs: Run[] }) {
  const [known, setKnown] = useState<Record<string, Known>>({});
  const marks = runs.map(run => `${run.id}:${run.epochsDone}:${run.state}`).join();
  useEffect(() => {
    const end = new AbortController();
    void Promise.all(runs.filter(run => run.state !== 'unreadable').map(run => attempt(async () => {
      const course = await get<Course>(`/runs/${run.id}/course`, end.signal);
      setKnown(before => ({ ...before, [run.id]: { course, chance: before[run.id]?.chance ?? null } }));
      const details = await get<Details>(`/runs/${run.id}`, end.signal);
      setKnown(before => ({ ...before, [run.id]: { course, chance: details.chanceLoss } }));
    })));
    return () => end.abort();
  }, [marks]);
  const charts = useMemo(() => chartsOf(runs, known), [marks, known]);
  return <div class="charts">{charts.map(chart => <Curves key={chart.title} {...chart} />)}</div>;
}

function chartsOf(runs: Run[], known: Record<string, Known>): { title: string; unit: string; series: Series[] }[] {
  const drawn = runs.map((run, at) => ({ run, color: RunColors[at % RunColors.length]!, ...known[run.id] })).filter(one => one.course);
  const by = (of: (epoch: Course['epochs'][number]) => number | null) => drawn.map(one => {
    const lines = one.course!.epochs.map(epoch => [epoch.epoch, of(epoch)] as const).filter(([, value]) => value !== null);
    return { name: one.run.name, color: one.color, x: lines.map(([x]) => x), y: lines.map(([, y]) => y) };
  });
  const losses: Series[] = drawn.map(one => ({ name: one.run.name, color: one.color, x: one.course!.loss.x, y: one.course!.loss.y }));
  for (const one of drawn) {
    const x = one.course!.loss.x;
    if (one.chance === null || one.chance === undefined || x.length < 2) continue;
    losses.push({ name: `chance of ${one.run.name}`, color: one.color, x: [x[0]!, x.at(-1)!],
      y: [one.chance, one.chance], isDashed: true });
  }
  return [
    { title: 'Loss', unit: 'nats; dashed: nothing is told apart', series: losses },
    { title: 'kNN on the test pictures', unit: '% right', series: by(epoch => epoch.knn) },
    { title: 'Learning rate', unit: 'of the epoch\'s last update', series: by(epoch => epoch.learningRate) },
    { title: 'Speed', unit: 'images a second', series: by(epoch => epoch.imagesPerSecond) },
    { title: 'Waiting for pictures', unit: '% of the time', series: by(epoch => epoch.waitFraction * 100) },
  ];
}

function About({ run }: { run: Run }) {
  const [details, setDetails] = useState<Details | null>(null);
  useEffect(() => {
    const end = new AbortController();
    setDetails(null);
    void attempt(async () => setDetails(await get<Details>(`/runs/${run.id}`, end.signal)));
    return () => end.abort();
  }, [run.id, run.state]);
  if (!details) return null;
  const rows: [string, string | null][] = [
    ['folder', details.folder],
      ['pictures', details.pictures === null ? null : `${details.pictures.toLocaleString('en')} of ${details.data.join(', ')}`],
    ['encoder', run.encoder],
      ['processor', details.processor && `${details.processor}, ${plural(details.threads ?? 1, 'thread')}, ${details.precision}`],
    ['device', details.device], ['program', details.version],
  ];
  return <>
    {details.notes.map(note => <p key={note} class="problem">{note}</p>)}
    <section class="panel"><h2>About</h2>
      <dl class="about">{rows.filter(([, value]) => value).map(([name, value]) =>
        <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </section>
    {run.hasViews && <section class="panel"><h2>Views</h2><p class="hint">Pictures, and what the model sees of them.</p>
      <img class="sheet" src={`/api/runs/${run.id}/views`}
        alt={`Views of ${run.name}: pictures, and what the model sees of them`} /></section>}
    {details.recipe && <details class="panel"><summary>Recipe</summary><pre tabIndex={0}>{details.recipe}</pre></details>}
  </>;
}
