// Pictures that are the same, leaks between the parts of a data set, and what the audit found.
import { useEffect, useState } from 'preact/hooks';
import { get, thumbnail, type Odd, type Run, type SameGroup } from './api';
import { Empty, JobList, begin, fixed, plural, useDone } from './parts';
import { attempt } from './store';

const MostShown = 200;

export function Copies({ run }: { run: Run }) {
  const done = useDone(run.id);
  const [same, setSame] = useState<{ isMade: boolean; groups: SameGroup[] } | null>(null);
  const [odd, setOdd] = useState<{ isMade: boolean; findings: Odd[] } | null>(null);
  useEffect(() => {
    if (!run.hasMap) return;
    void attempt(async () => setSame(await get(`/runs/${run.id}/duplicates`)));
    void attempt(async () => setOdd(await get(`/runs/${run.id}/audit`)));
  }, [run.id, run.hasMap, done]);
  if (!run.hasMap) return <Empty title="Copies are found by the map's embeddings">
    <a href={`#/map/${run.id}`}>Make the map</a> first.</Empty>;
  return <div class="page">
    <JobList run={run.id} />
    <section class="panel"><div class="row"><h2 class="grow">Pictures that are the same</h2>
      <button onClick={() => begin(`/runs/${run.id}/duplicates`)}>{same?.isMade ? 'Look anew' : 'Look for duplicates'}</button></div>
      {same && <Groups run={run.id} groups={same.groups} isMade={same.isMade} />}</section>
    <section class="panel"><div class="row"><h2 class="grow">What is odd</h2>
      <button onClick={() => begin(`/runs/${run.id}/audit`)}>{odd?.isMade ? 'Audit anew' : 'Audit the pictures'}</button></div>
      {odd && <Findings run={run.id} findings={odd.findings} isMade={odd.isMade} />}</section>
  </div>;
}

function Groups({ run, groups, isMade }: { run: string; groups: SameGroup[]; isMade: boolean }) {
  if (!isMade) return <p class="hint">Nobody has looked yet. Pairs that are alike by their embeddings are compared pixel by pixel.</p>;
  if (groups.length === 0) return <p>No picture is there twice.</p>;
  const leaks = groups.filter(group => group.isLeak).length;
  return <><p>{plural(groups.length, 'group')}{leaks > 0 && <>,
    <span class="leak">{plural(leaks, 'leak')} between parts of the data set</span></>}.</p>
    {groups.slice(0, MostShown).map((group, at) => <div class="group" key={at}>
      <h3>{group.isLeak && <span class="leak">leak: </span>}{plural(group.names.length, 'picture')}:{' '}
        {group.pairs.map(pair =>
          `${pair.why}${pair.similarity === null ? '' : `, cosine ${fixed(pair.similarity, 3)}`}`).slice(0, 4).join('; ')}</h3>
      <Strip run={run} places={group.places} names={group.names} /></div>)}</>;
}

function Strip({ run, places, names }: { run: string; places: number[]; names: (string | null)[] }) {
  return <div class="strip">{places.slice(0, 12).map((place, i) => <figure key={i}>
    {place >= 0 ? <img src={thumbnail(run, place, 192)} alt={names[i] ?? ''} loading="lazy" /> : <div class="nothing">not on the map</div>}
    <figcaption>{names[i]}</figcaption></figure>)}</div>;
}

function Findings({ run, findings, isMade }: { run: string; findings: Odd[]; isMade: boolean }) {
  const kinds = [...new Set(findings.map(one => one.kind))], [kind, setKind] = useState<string | null>(null);
  if (!isMade) return <p class="hint">Nobody has looked yet.</p>;
  if (findings.length === 0) return <p>Nothing is odd.</p>;
  const now = kind ?? kinds[0]!, shown = findings.filter(one => one.kind === now);
  return <><div class="filters" role="group" aria-label="Kinds of findings">{kinds.map(one => <button key={one} aria-pressed={one === now}
    onClick={() => setKind(one)}>{one} <small>{findings.filter(other => other.kind === one).length}</small></button>)}</div>
    {shown.slice(0, MostShown).map((one, at) => <div class="group" key={at}>
      <h3>{one.label && `${one.label} `}{one.value !== null && `${fixed(one.value, 3)}`}
        {one.limit !== null && ` against ${fixed(one.limit, 3)}`} {one.note}</h3>
      {one.name && <Strip run={run} places={[one.place, ...one.others]} names={[one.name, ...one.others.map(() => '')]} />}</div>)}</>;
}
