import { render } from 'preact';
import { takeToken } from './api';
import { Compare } from './compare';
import { Copies } from './copies';
import { MapPage } from './map/page';
import { Empty, Messages } from './parts';
import { Results } from './results';
import { connect, go, useShared } from './store';
import './style.css';
import { Watch } from './watch';

const Pages = [['watch', 'Watch'], ['map', 'Map'], ['copies', 'Copies'], ['results', 'Results'], ['compare', 'Compare']] as const;

function App() {
  const { runs, run, page, isConnected } = useShared();
  const current = runs?.find(one => one.id === run) ?? null;
  return <>
    <a class="skip" href="#main"
      onClick={event => { event.preventDefault(); document.getElementById('main')?.focus(); }}>Skip to the page</a>
    <header class="bar">
      <span class="brand" aria-hidden="true"><i /><i /><i /></span><strong class="title">studio</strong>
      <nav aria-label="Pages">{Pages.map(([key, name]) =>
        <a key={key} href={run ? `#/${key}/${run}` : `#/${key}`} aria-current={page === key ? 'page' : undefined}>{name}</a>)}</nav>
      <span class="grow" />
      {runs && runs.length > 0 && page !== 'compare' && <label class="picker"><span class="hidden">Run</span>
        <select value={run ?? ''} onChange={event => go(page, event.currentTarget.value)}>
          {runs.map(one => <option key={one.id} value={one.id}>{one.name}</option>)}</select></label>}
      {!isConnected && runs && <span class="lost" role="status">not connected</span>}
    </header>
    <main id="main" tabIndex={-1}>
      {!runs ? <Empty title="Loading …" /> : runs.length === 0
        ? <Empty title="There is no run in this folder yet">Make one: <code>moco demo</code>, or <code>moco train photos --data DIR --run
          runs/mine</code>. It appears here by itself.</Empty>
        : page === 'compare' ? <Compare /> : !current ? <Empty title="This run is gone" />
          : page === 'map' ? <MapPage key={current.id} run={current} /> : page === 'copies' ? <Copies key={current.id} run={current} />
            : page === 'results' ? <Results key={current.id} run={current} /> : <Watch />}
    </main>
    <Messages />
  </>;
}

takeToken();
connect();
render(<App />, document.getElementById('app')!);
