// Runs side by side: what differs in their recipes, and what came of it.
import { useEffect, useState } from 'preact/hooks';
import { get, type Comparison } from './api';
import { StateMark, fixed } from './parts';
import { attempt, useShared } from './store';

const Most = 8;

export function Compare() {
  const { runs } = useShared(), [chosen, setChosen] = useState<string[]>([]), [what, setWhat] = useState<Comparison | null>(null);
  const readable = (runs ?? []).filter(run => run.state !== 'unreadable');
  useEffect(() => {
    setWhat(null);
    if (chosen.length < 2) return;
    const end = new AbortController();
    void attempt(async () => setWhat(await get<Comparison>(`/compare?runs=${chosen.join()}`, end.signal)));
    return () => end.abort();
  }, [chosen.join()]);
  return <div class="page">
    <section class="panel"><h2>Runs to compare</h2><div class="filters" role="group" aria-label="Runs to compare">
      {readable.map(run => <button key={run.id} aria-pressed={chosen.includes(run.id)}
        disabled={chosen.length >= Most && !chosen.includes(run.id)}
        onClick={() => setChosen(chosen.includes(run.id) ? chosen.filter(id => id !== run.id) : [...chosen, run.id])}>
          {run.name} <StateMark run={run} /></button>)}
    </div>{chosen.length < 2 && <p class="hint">Choose two or more.</p>}</section>
    {what?.warnings.map(warning => <p key={warning} class="problem">{warning}</p>)}
    {what && <>
      <section class="panel"><div class="scroll"><table><caption>Results</caption>
        <thead><tr><th scope="col">result</th>
          {what.runs.map(run => <th key={run.name} scope="col" class="number">{run.name}</th>)}</tr></thead>
        <tbody>{what.results.map(result => <tr key={result.name}>
          <td>{result.name}{result.unit && <span class="unit"> {result.unit}</span>}</td>
          {result.cells.map((cell, at) => <td key={at} class={cell.isBest ? 'number best' : 'number'}>
            {cell.value === null ? '–' :
              result.unit === '' ? cell.value.toLocaleString('en', { maximumFractionDigits: 0 }) : fixed(cell.value)}
            {cell.spread !== null && ` ± ${fixed(cell.spread)}`}</td>)}</tr>)}</tbody></table></div></section>
      <section class="panel"><div class="scroll"><table><caption>What differs in the recipes</caption>
        <thead><tr><th scope="col">key</th>{what.runs.map(run => <th key={run.name} scope="col">{run.name}</th>)}</tr></thead>
        <tbody>{what.differences.length === 0 ? <tr><td colSpan={1 + what.runs.length}>The recipes are equal.</td></tr>
          : what.differences.map(one => <tr key={one.key}><td><code>{one.key}</code></td>{one.values.map((value, at) =>
            <td key={at}><code>{value ?? '–'}</code></td>)}</tr>)}</tbody></table></div></section>
    </>}
  </div>;
}
