// Runs jobs. In one lane only the newest counts: a new job cancels the one before it.

import * as api from './api';
import type { Job, Manifest, Status } from './types';

export interface Listener {
  began(): void;
  progress(status: Status): void;
  /** The daemon has no free slot; it is asked again after so many seconds. */
  busy(seconds: number): void;
  done(manifest: Manifest, signal: AbortSignal): void | Promise<void>;
  failed(error: unknown): void;
  /** Whatever happened; not called when a newer job has taken the place. */
  ended(): void;
}

export class Lane {
  #current: { abort: AbortController; id?: string } | undefined;

  constructor(private readonly listener: Listener) {}

  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Gives up the present job and tells the daemon. */
  cancel(): void {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    current.abort.abort();
    if (current.id) void api.cancel(current.id);
    this.listener.ended();
  }

  async run(job: Job): Promise<void> {
    const before = this.#current;
    const current: { abort: AbortController; id?: string } = { abort: new AbortController() };
    this.#current = current;
    before?.abort.abort();
    if (before?.id) void api.cancel(before.id);
    this.listener.began();
    try {
      const result = await settle(job, current.abort.signal, this.listener, (id) => (current.id = id));
      await this.listener.done(result, current.abort.signal);
    } catch (error) {
      if (!current.abort.signal.aborted) this.listener.failed(error);
    }
    if (this.#current === current) {
      this.#current = undefined;
      this.listener.ended();
    }
  }
}

/** Posts a job and follows it until its manifest is there. */
export async function settle(
  job: Job,
  signal: AbortSignal,
  listener: Pick<Listener, 'progress' | 'busy'>,
  known: (id: string) => void = () => undefined,
): Promise<Manifest> {
  const named = { ...job, id: `page-${[...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join('')}` };
  const status = await patiently(named, signal, listener);
  if (signal.aborted) {
    // given up while it was being posted
    void api.cancel(status.job);
    throw signal.reason;
  }
  known(status.job);
  listener.progress(status);
  if (!api.isTerminal(status)) await api.follow(status.job, signal, (next) => listener.progress(next));
  return api.manifest(status.job, signal);
}

async function patiently(job: Job, signal: AbortSignal, listener: Pick<Listener, 'busy'>): Promise<Status> {
  for (let tries = 0; ; tries++) {
    try {
      return await api.post(job);
    } catch (error) {
      const isBusy = error instanceof api.Problem && (error.status === 429 || error.status === 503);
      if (!isBusy || tries >= 20) throw error;
      const seconds = Math.min(error.retryAfter ?? 1, 30);
      listener.busy(seconds);
      await api.pause(seconds * 1000, signal);
    }
  }
}
