// Requests to the studio's own server, and the documents that it answers with.

export type State = 'training' | 'finished' | 'stopped' | 'failed' | 'unreadable';
export interface Problem { id: string; what: string; fix: string | null }
export interface Run {
  id: string; name: string; state: State; problem: Problem | null; recipe: string | null; method: string | null; encoder: string | null;
  epochsDone: number; epochs: number; loss: number | null; knn: number | null; bestKnn: number | null; imagesPerSecond: number | null;
  waitFraction: number | null; elapsedSeconds: number | null; remainingSeconds: number | null; isStopping: boolean; hasViews: boolean;
  hasEncoder: boolean; hasMap: boolean;
}
export interface Job {
  number: number; run: string; title: string; commands: string[]; lines: string[];
  state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed';
}
export interface Details {
  summary: Run; folder: string; recipe: string | null; processor: string | null; threads: number | null; precision: string | null;
  device: string | null; version: string | null; data: string[]; pictures: number | null; chanceLoss: number | null; notes: string[];
}
export interface Epoch {
  epoch: number; step: number; loss: number; learningRate: number; knn: number | null; imagesPerSecond: number; waitFraction: number;
  elapsedSeconds: number;
}
export interface Course { loss: { x: number[]; y: number[] }; epochs: Epoch[] }
export interface Column { name: string; groups: string[] | null; counts: number[] | null; least: number | null; most: number | null }
export interface EpochMap { step: number; epoch: number; isMade: boolean }
export interface MapInfo {
  count: number; hasEmbeddings: boolean; noPictures: string | null; columns: Column[]; epochs: EpochMap[];
    epoch: number | null; notes: string[];
}
export interface Selection { folder: string; links: number; copies: number }
export interface Picture { place: number; name: string; label: string | null; given: string | null; cluster: number | null }
export interface Found { places: number[]; similarities: number[] }
export interface Labels {
  classes: { name: string; count: number }[]; given: number; canUndo: boolean; file: string; known: string[];
}
export interface Suggested {
  classes: string[]; places: number[]; labels: number[]; probabilities: number[]; learned: number; milliseconds: number;
}
export interface SameGroup {
  places: number[]; names: string[]; isLeak: boolean;
  pairs: { first: number; second: number; why: string; similarity: number | null; correlation: number | null }[];
}
export interface Odd {
  kind: string; place: number; name: string | null; label: string | null; value: number | null; limit: number | null; note: string | null;
  others: number[];
}
export interface Evaluation {
  name: string; test: string; settings: { name: string; value: string }[];
  scores: { features: string; kind: string; isTrained: boolean; labels: number | null; accuracy: number; spread: number | null }[];
  classes: { name: string; pictures: number; accuracy: number | null; mistakenFor: string | null }[];
}
export interface Confusions { classes: string[]; counts: number[][]; accuracy: number; isTested: boolean }
export interface Comparison {
  runs: { name: string; dataSet: number }[]; warnings: string[]; differences: { key: string; values: (string | null)[] }[];
  results: { name: string; unit: string; cells: { value: number | null; spread: number | null; isBest: boolean }[] }[];
}

export class StudioError extends Error {
  constructor(readonly id: string, what: string, readonly fix: string | null, readonly at: string | null) {
    super(what);
  }
}

const TokenKey = 'moco-studio-token';

/** Takes the token out of the address that 'moco studio' printed, so that it is neither shown nor kept in the history. */
export function takeToken(): void {
  const found = /^#token=([0-9a-f]{64})$/.exec(location.hash);
  if (!found) return;
  sessionStorage.setItem(TokenKey, found[1]!);
  history.replaceState(null, '', '#/watch');
}

async function answer(response: Response): Promise<Response> {
  if (response.ok) return response;
  let id = String(response.status), what = 'the studio does not answer as it should', fix: string | null = null, at: string | null = null;
  try {
    ({ id, what, fix, at } = await response.json());
  } catch {
    // no document of the studio's
  }
  throw new StudioError(id, what, fix, at);
}

async function send(path: string, options?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, options);
  } catch (error) {
    if (error instanceof DOMException) throw error;
    throw new StudioError('', 'the studio does not answer', 'is moco studio still running?', null);
  }
  return answer(response);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send(path, { signal })).json() as Promise<T>;
}

export async function bytes(path: string): Promise<ArrayBuffer> {
  return (await send(path)).arrayBuffer();
}

function headers(): Record<string, string> {
  return { 'X-Moco-Token': sessionStorage.getItem(TokenKey) ?? '' };
}

async function change(path: string, what: unknown): Promise<Response> {
  return send(path, {
    method: 'POST', headers: { ...headers(), 'Content-Type': 'application/json' }, body: what === undefined ? null : JSON.stringify(what),
  });
}

export async function post<T>(path: string, what?: unknown): Promise<T> {
  return (await change(path, what)).json() as Promise<T>;
}

export async function postText(path: string, what: unknown): Promise<string> {
  return (await change(path, what)).text();
}

export async function postFile<T>(path: string, file: Blob): Promise<T> {
  return (await send(path, { method: 'POST', headers: { ...headers(), 'Content-Type': 'application/octet-stream' }, body: file })).json();
}

export function thumbnail(run: string, place: number, side: 48 | 96 | 192 | 640): string {
  return `/api/runs/${run}/pictures/${place}/thumbnail?side=${side}`;
}
