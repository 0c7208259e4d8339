// What all pages share: runs and jobs as the server tells them, the place that is shown, and messages.
import { useEffect, useState } from 'preact/hooks';
import { StudioError, type Job, type Run } from './api';

export interface Message { text: string; fix: string | null; isError: boolean; number: number }

interface Shared {
  runs: Run[] | null; jobs: Job[]; page: string; run: string | null; messages: Message[]; isConnected: boolean;
}

let shared: Shared = { runs: null, jobs: [], page: 'watch', run: null, messages: [], isConnected: false };
let messages = 0;
const listeners = new Set<(now: Shared) => void>();

function set(change: Partial<Shared>): void {
  shared = { ...shared, ...change };
  for (const listener of listeners) listener(shared);
}

export function useShared(): Shared {
  const [now, change] = useState(shared);
  useEffect(() => {
    listeners.add(change);
    change(shared);
    return () => void listeners.delete(change);
  }, []);
  return now;
}

/** Says something for some seconds; an error, and what is to be kept, until it is closed. */
export function say(text: string, isError = false, fix: string | null = null, isKept = isError): void {
  const number = ++messages;
  set({ messages: [...shared.messages.slice(-3), { text, fix, isError, number }] });
  if (!isKept) setTimeout(() => dismiss(number), 4000);
}

export function dismiss(number: number): void {
  set({ messages: shared.messages.filter(one => one.number !== number) });
}

/** Runs something that may fail; the error is shown. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    say(error instanceof Error ? error.message : String(error), true, error instanceof StudioError ? error.fix : null);
    return null;
  }
}

export function go(page: string, run: string | null = shared.run): void {
  location.hash = run ? `#/${page}/${run}` : `#/${page}`;
}

function readAddress(): void {
  const [, page, run] = /^#\/([a-z]+)(?:\/([0-9a-f]{12}))?$/.exec(location.hash) ?? [];
  set({ page: page ?? 'watch', run: run ?? shared.run });
}

function byName(runs: Run[]): Run[] {
  return [...runs].sort((a, b) => a.name < b.name ? -1 : 1);
}

export function tellJob(job: Job): void {
  const before = shared.jobs.find(one => one.number === job.number);
  set({ jobs: [job, ...shared.jobs.filter(one => one.number !== job.number)].sort((a, b) => b.number - a.number) });
  if (before?.state === job.state || before === undefined) return;
  if (job.state === 'done') say(`Done: ${job.title}`);
  if (job.state === 'failed') say(`Failed: ${job.title}. ${job.lines.slice(-4).join(' ')}`, true);
}

export function connect(): void {
  addEventListener('hashchange', readAddress);
  readAddress();
  const events = new EventSource('/api/events');
  events.addEventListener('open', () => set({ isConnected: true }));
  events.addEventListener('error', () => set({ isConnected: false }));
  events.addEventListener('runs', event => {
    const runs = byName(JSON.parse(event.data) as Run[]);
    set({ runs, run: shared.run ?? runs.find(one => one.state === 'training')?.id ?? runs[0]?.id ?? null });
  });
  events.addEventListener('run', event => {
    const run = JSON.parse(event.data) as Run;
    set({ runs: byName([...(shared.runs ?? []).filter(one => one.id !== run.id), run]), run: shared.run ?? run.id });
  });
  events.addEventListener('gone', event => {
    const id = JSON.parse(event.data) as string;
    set({ runs: (shared.runs ?? []).filter(one => one.id !== id) });
  });
  events.addEventListener('job', event => tellJob(JSON.parse(event.data) as Job));
  fetch('/api/jobs').then(response => response.json()).then((jobs: Job[]) => set({ jobs })).catch(() => undefined);
}
