// The files that can be had: made when they are asked for, kept until something changes.

import * as api from './api';
import { byId, make, save, size } from './dom';
import { settle } from './run';
import type { Manifest, Output } from './types';

interface Kind {
  format: string;
  kind: Output['kind'];
  title: string;
}

const SOLID: Kind[] = [
  { format: 'stl', kind: 'model', title: 'Mesh for printing' },
  { format: '3mf', kind: 'model', title: 'Mesh with colours' },
  { format: 'glb', kind: 'model', title: 'Model for viewers' },
  { format: 'pdf', kind: 'drawing', title: 'Drawing' },
  { format: 'dxf', kind: 'drawing', title: 'Drawing for CAD' },
  { format: 'svg', kind: 'drawing', title: 'Drawing for the web' },
  { format: 'png', kind: 'preview', title: 'Picture' },
];

const FLAT: Kind[] = [
  { format: 'svg', kind: 'drawing', title: 'Outline' },
  { format: 'dxf', kind: 'drawing', title: 'Outline for CAD and laser' },
  { format: 'pdf', kind: 'drawing', title: 'Outline at 1 : 1' },
  { format: 'png', kind: 'preview', title: 'Picture' },
];

interface Row {
  kind: Kind;
  button: HTMLButtonElement;
  note: HTMLElement;
  made?: { job: string; file: string; bytes: number };
}

export class Files {
  #rows: Row[] = [];
  #dimensions = 0;
  #abort = new AbortController();

  constructor(
    private readonly jobOf: (outputs: Kind[]) => import('./types').Job | undefined,
    private readonly told: (text: string) => void,
    private readonly failed: (error: unknown) => void,
  ) {
    byId('all-files').addEventListener('click', () => void this.#make(this.#rows.filter((row) => !row.made), false));
    this.#build(3);
  }

  /** Something has changed: what was made before is no longer it. */
  outdate(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const row of this.#rows) {
      delete row.made;
      show(row, '');
    }
  }

  /** Takes over what a job has made. */
  add(manifest: Manifest): void {
    if (manifest.geometry && manifest.geometry.dimensions !== this.#dimensions) this.#build(manifest.geometry.dimensions);
    for (const output of manifest.outputs) {
      const row = this.#rows.find(({ kind }) => kind.format === output.format && kind.kind === output.kind);
      if (!row) continue;
      if (output.status === 'succeeded') {
        row.made = { job: manifest.job, file: `${output.name}.${output.format}`, bytes: output.bytes ?? 0 };
        show(row, size(row.made.bytes));
      } else {
        show(row, 'failed', output.error?.detail ?? '');
      }
    }
  }

  #build(dimensions: number): void {
    this.#dimensions = dimensions;
    this.#rows = (dimensions === 2 ? FLAT : SOLID).map((kind) => {
      const note = make('span', { class: 'note' });
      const button = make('button', { type: 'button' }, make('b', {}, kind.format.toUpperCase()), make('span', { class: 'what' }, kind.title), note);
      const row: Row = { kind, button, note };
      button.addEventListener('click', () => void (row.made ? this.#save(row) : this.#make([row], true)));
      return row;
    });
    byId('outputs').replaceChildren(...this.#rows.map((row) => make('li', {}, row.button)));
  }

  async #make(rows: Row[], andSave: boolean): Promise<void> {
    const job = this.jobOf(rows.map((row) => row.kind));
    if (!job || rows.length === 0) return;
    const { signal } = this.#abort;
    for (const row of rows) show(row, 'waiting', '', true);
    try {
      const manifest = await settle(job, signal, {
        progress: (status) => rows.forEach((row) => show(row, status.phase, '', true)),
        busy: (seconds) => rows.forEach((row) => show(row, `busy, again in ${seconds} s`, '', true)),
      });
      if (manifest.error && manifest.outputs.length === 0) throw new api.Problem(422, manifest.error.title, manifest.error.detail);
      this.add(manifest);
      this.told(`${rows.map((row) => row.kind.format.toUpperCase()).join(', ')} made`);
      if (andSave) for (const row of rows) await this.#save(row);
    } catch (error) {
      if (signal.aborted) return;
      for (const row of rows) show(row, 'failed');
      this.failed(error);
    }
  }

  async #save(row: Row): Promise<void> {
    if (!row.made) return;
    try {
      save(row.made.file, await api.output(row.made.job, row.made.file));
    } catch (error) {
      this.failed(error);
    }
  }
}

function show(row: Row, note: string, title = '', isBusy = false): void {
  row.note.textContent = note;
  row.button.title = title || (row.made ? 'Download' : 'Make and download');
  row.button.classList.toggle('is-made', row.made !== undefined);
  row.button.setAttribute('aria-busy', String(isBusy));
  row.button.disabled = isBusy;
}

export type { Kind };
