// The daemon's HTTP surface: calls, problems, and status over server-sent events.

import type { Description, Job, Manifest, Sample, Status } from './types';

/** An answer that says no. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string,
    readonly body: Record<string, unknown> = {},
    /** Seconds until it is worth another try, where the daemon says so. */
    readonly retryAfter?: number,
  ) {
    super(title);
  }
}

const TOKEN = 'maquette.token';
const TERMINAL = new Set(['succeeded', 'failed', 'canceled', 'expired']);

export const isTerminal = (status: Status): boolean => TERMINAL.has(status.status);

/** Kept for as long as the tab is open. */
export function setToken(token: string): void {
  if (token) sessionStorage.setItem(TOKEN, token);
  else sessionStorage.removeItem(TOKEN);
}

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, cache: 'no-store' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, 'The server cannot be reached', 'Is it running? The page tries again at the next change.');
  }
  if (!response.ok) throw await problem(response);
  return response;
}

async function problem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (field: string) => (typeof body[field] === 'string' ? (body[field] as string) : '');
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  const title = text('title') || `The server answered ${response.status}`;
  return new Problem(response.status, title, text('detail'), body, retryAfter);
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

export async function samples(): Promise<Sample[]> {
  return (await call('assets/samples.json')).json() as Promise<Sample[]>;
}

export async function parameters(source: Job['source'], signal: AbortSignal): Promise<Description> {
  return (await call('v1/parameters', { ...json({ source }), signal })).json() as Promise<Description>;
}

export async function post(job: Job): Promise<Status> {
  return (await call('v1/jobs', json(job))).json() as Promise<Status>;
}

/** Asks for the end of a job; one that is over already is no fault. */
export async function cancel(id: string): Promise<void> {
  await call(`v1/jobs/${encodeURIComponent(id)}/cancel`, { method: 'POST' }).catch(() => undefined);
}

export async function manifest(id: string, signal: AbortSignal): Promise<Manifest> {
  return (await call(`v1/jobs/${encodeURIComponent(id)}/manifest`, { signal })).json() as Promise<Manifest>;
}

export async function output(id: string, file: string, signal?: AbortSignal): Promise<Blob> {
  const path = `v1/jobs/${encodeURIComponent(id)}/outputs/${encodeURIComponent(file)}`;
  return (await call(path, { signal: signal ?? null })).blob();
}

/** Follows a job to its end; connects again, from where it was, when the connection is lost. */
export async function follow(id: string, signal: AbortSignal, told: (status: Status) => void): Promise<Status> {
  let last: Status | undefined;
  let lastId = '';
  for (let failures = 0; ; failures++) {
    try {
      const headers: Record<string, string> = lastId ? { 'Last-Event-ID': lastId } : {};
      const response = await call(`v1/jobs/${encodeURIComponent(id)}/events`, { headers, signal });
      for await (const event of events(response)) {
        failures = 0;
        lastId = event.id || lastId;
        if (event.name !== 'status') continue;
        last = JSON.parse(event.data) as Status;
        told(last);
        if (isTerminal(last)) return last;
      }
    } catch (error) {
      const isFinal = error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429;
      if (signal.aborted || isFinal || failures >= 6) throw error;
    }
    await pause(Math.min(250 * 2 ** failures, 5000), signal);
  }
}

/** Waits; ends early, with an error, when the signal says so. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

interface ServerEvent {
  id: string;
  name: string;
  data: string;
}

/** Server-sent events of a response. `EventSource` cannot carry a token, so they are read by hand. */
async function* events(response: Response): AsyncGenerator<ServerEvent> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest = (rest + value).replace(/\r\n?/g, '\n');
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const event = parse(rest.slice(0, end));
        rest = rest.slice(end + 2);
        if (event.data) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): ServerEvent {
  const event: ServerEvent = { id: '', name: 'message', data: '' };
  for (const line of block.split('\n')) {
    const [, field, text = ''] = /^(\w+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'id') event.id = text;
    if (field === 'event') event.name = text;
    if (field === 'data') event.data += event.data ? `\n${text}` : text;
  }
  return event;
}
