// The page: what is open, what is being made of it, and what came of it.

import * as api from './api';
import { byId, debounce, duration, make, save } from './dom';
import { DrawingView } from './drawing';
import { Editor, type Mark } from './editor';
import { Files, type Kind } from './files';
import { Form } from './form';
import { Log, place } from './log';
import type { ModelView } from './model';
import * as programs from './program';
import type { Program } from './program';
import { Lane } from './run';
import { tabs } from './tabs';
import type { Job, Manifest, Message, Sample, Status } from './types';

const LIVE_MS = 220;
const PARAMETERS_MS = 350;
/** What the page itself shows. */
const SHOWN: Kind[] = [
  { kind: 'model', format: 'glb', title: '' },
  { kind: 'drawing', format: 'svg', title: '' },
];
const PHASES: Record<string, string> = {
  fetching: 'Fetching',
  evaluating: 'Evaluating',
  meshing: 'Making the model',
  exporting: 'Writing files',
  uploading: 'Storing',
  done: 'Done',
};

class Page {
  #samples: Sample[] = [];
  #program: Program = { title: 'model', entry: 'main.scad', files: { 'main.scad': '' }, values: {}, drawing: {} };
  /** The file in the editor. */
  #file = 'main.scad';
  #model: Promise<ModelView> | undefined;
  #hasModel = false;
  /** The next model is another one: the view begins anew. */
  #isNew = true;
  #asked = new AbortController();
  #messages: Message[] = [];
  #began = 0;

  readonly #drawing = new DrawingView(byId('drawing'));
  readonly #editor = new Editor((text) => this.#typed(text));
  readonly #form = new Form((values) => {
    this.#program.values = values;
    this.#changed();
  });
  readonly #log = new Log((message) => this.#goTo(message));
  readonly #files = new Files((outputs) => this.#job(outputs), (text) => this.#say(text), (error) => this.#failed(error));
  readonly #lane = new Lane({
    began: () => this.#showProgress(0.02, 'Waiting'),
    progress: (status) => this.#progress(status),
    busy: (seconds) => this.#showProgress(0.02, `The server is busy; again in ${seconds} s`),
    done: (manifest, signal) => this.#done(manifest, signal),
    failed: (error) => this.#failed(error),
    ended: () => this.#ended(),
  });
  readonly #chooseSide = tabs(byId('side-tabs'), (name) => (document.body.dataset.side = name));
  readonly #chooseStage = tabs(byId('stage-tabs'), (name) => (document.body.dataset.stage = name));
  readonly #later = debounce(LIVE_MS, () => this.#keep());
  readonly #describeLater = debounce(PARAMETERS_MS, () => void this.#describe());

  async start(): Promise<void> {
    this.#chooseSide('parameters');
    this.#chooseStage(matchMedia('(min-width: 1280px)').matches ? 'both' : 'model');
    this.#listen();
    try {
      this.#samples = await api.samples();
    } catch (error) {
      this.#failed(error);
    }
    for (const sample of this.#samples) byId('sample').append(make('option', { value: sample.name }, programs.titleOf(sample)));
    const program = programs.recall(this.#samples);
    if (program) await this.#open(program);
  }

  // ---- what is open

  async #open(program: Program): Promise<void> {
    this.#later.cancel();
    this.#program = program;
    this.#isNew = true;
    this.#showFile(program.entry);
    this.#showSource();
    for (const name of ['paper', 'projection', 'dimensions'] as const) {
      byId<HTMLSelectElement>(`d-${name}`).value = program.drawing[name] ?? '';
    }
    await this.#describe();
  }

  #showFile(name: string): void {
    const content = this.#program.files[name];
    this.#file = name;
    this.#editor.text = typeof content === 'string' ? content : '';
    const names = Object.keys(this.#program.files).filter((file) => typeof this.#program.files[file] === 'string');
    byId('file-bar').hidden = names.length < 2;
    const select = byId<HTMLSelectElement>('file');
    select.replaceChildren(...names.map((file) => make('option', { value: file }, file)));
    select.value = name;
    this.#mark();
  }

  /** The list of samples, with an entry for a program that is none. */
  #showSource(): void {
    const select = byId<HTMLSelectElement>('sample');
    select.querySelector('option[value=""]')?.remove();
    if (!this.#program.sample) select.prepend(make('option', { value: '' }, this.#program.entry));
    select.value = this.#program.sample ?? '';
    document.title = `${this.#program.title} · maquette`;
  }

  #typed(text: string): void {
    this.#program.files[this.#file] = text;
    delete this.#program.sample;
    this.#showSource();
    this.#later.cancel();
    this.#describeLater();
  }

  /** Asks which parameters the program offers, then makes it. */
  async #describe(): Promise<void> {
    this.#asked.abort();
    const asked = (this.#asked = new AbortController());
    try {
      const { entry, files } = this.#program;
      const description = await api.parameters({ entry, files }, asked.signal);
      this.#program.values = this.#form.set(description, this.#program.values);
    } catch (error) {
      if (asked.signal.aborted) return;
      // a program that cannot be read has no form; the job itself tells why
      if (!(error instanceof api.Problem) || error.status !== 422) return this.#failed(error);
    }
    this.#changed(0);
  }

  #changed(delay = LIVE_MS): void {
    this.#files.outdate();
    if (delay === 0) this.#keep();
    else this.#later();
  }

  /** Remembers the program, and makes it if that is wanted. */
  #keep(): void {
    programs.remember(this.#program);
    if (byId<HTMLInputElement>('auto').checked) this.#make();
    else byId('phase').textContent = 'Changed since it was made';
  }

  // ---- making

  #make(): void {
    this.#later.cancel();
    const job = this.#job(SHOWN);
    this.#began = performance.now();
    void this.#lane.run(job);
  }

  #job(kinds: Kind[]): Job {
    const { entry, files, values, began } = this.#program;
    const sample = this.#samples.find(({ name }) => name === began);
    const outputs = kinds.map(({ kind, format }) => programs.outputOf(this.#program, kind, format, sample));
    return { version: 1, source: { entry, files }, parameters: values, outputs };
  }

  #progress({ phase, progress }: Status): void {
    this.#showProgress(Math.max(progress, 0.02), PHASES[phase] ?? phase);
  }

  #showProgress(share: number, text: string): void {
    const bar = byId('progress');
    bar.hidden = false;
    bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    bar.setAttribute('aria-valuetext', text);
    (bar.firstElementChild as HTMLElement).style.transform = `scaleX(${share})`;
    byId('phase').textContent = text;
    byId('cancel').hidden = false;
    document.body.classList.add('is-making');
    // short work is not announced phase by phase
    if (performance.now() - this.#began > 1500) this.#say(text);
  }

  #ended(): void {
    byId('progress').hidden = true;
    byId('cancel').hidden = true;
    document.body.classList.remove('is-making');
  }

  async #done(manifest: Manifest, signal: AbortSignal): Promise<void> {
    this.#messages = this.#log.show(manifest);
    this.#mark();
    this.#files.add(manifest);
    const error = this.#messages.find(({ level }) => level === 'error');
    const isGood = manifest.status === 'succeeded' && !error;
    document.body.classList.toggle('is-failed', !isGood);
    if (manifest.geometry) byId('figures').textContent = figures(manifest);
    await Promise.all([this.#showModel(manifest, signal), this.#showDrawing(manifest, signal)]);
    if (signal.aborted) return;
    const took = duration(performance.now() - this.#began);
    byId('phase').textContent = isGood ? `Made in ${took}` : manifest.status === 'canceled' ? 'Cancelled' : 'Failed';
    this.#say(isGood ? `Made in ${took}. ${figures(manifest)}` : `Failed. ${error ? `${error.text} ${place(error)}` : (manifest.error?.title ?? '')}`);
  }

  async #showModel(manifest: Manifest, signal: AbortSignal): Promise<void> {
    const made = manifest.outputs.find(({ format, status }) => format === 'glb' && status === 'succeeded');
    const isFlat = manifest.geometry?.dimensions === 2;
    if (manifest.geometry) document.body.classList.toggle('is-flat', isFlat);
    this.#empty('model', isFlat ? 'A flat program: its outline is in the drawing.' : '');
    if (!made) {
      if (isFlat && this.#hasModel) (await this.#viewer())?.clear();
      return;
    }
    const [viewer, file] = await Promise.all([this.#viewer(), api.output(manifest.job, `${made.name}.glb`, signal)]);
    if (!viewer || signal.aborted) return;
    await viewer.show(await file.arrayBuffer(), this.#isNew);
    viewer.label = `3D model of ${this.#program.title}. ${figures(manifest)}`;
    this.#hasModel = true;
    this.#isNew = false;
  }

  async #showDrawing(manifest: Manifest, signal: AbortSignal): Promise<void> {
    const made = manifest.outputs.find(({ format, status }) => format === 'svg' && status === 'succeeded');
    if (!made) return;
    const file = await api.output(manifest.job, `${made.name}.svg`, signal);
    const text = await file.text();
    if (signal.aborted) return;
    const { sheet } = made;
    this.#drawing.show(text, sheet ? `Drawing on ${sheet.paper}, ${sheet.scale}: ${sheet.views.join(', ')}` : 'Outline at 1 : 1');
    this.#empty('drawing', '');
  }

  /** three.js is the larger part of the page: it comes when it is needed. */
  #viewer(): Promise<ModelView | undefined> {
    this.#model ??= import('./model').then(({ ModelView }) => new ModelView(byId('model')));
    return this.#model.catch((error: unknown) => {
      this.#empty('model', `The model cannot be shown: this browser gives no WebGL (${String(error)}). Its files can be had all the same.`);
      return undefined;
    });
  }

  #empty(panel: 'model' | 'drawing', text: string): void {
    byId(`${panel}-empty`).textContent = text;
    byId(`${panel}-empty`).hidden = text === '';
  }

  // ---- what went wrong

  #failed(error: unknown): void {
    const problem = error instanceof api.Problem ? error : new api.Problem(0, 'The page failed', String(error));
    this.#messages = [];
    this.#log.tell(problem.message, problem.detail);
    byId('phase').textContent = problem.message;
    this.#say(`${problem.message}. ${problem.detail}`);
    document.body.classList.add('is-failed');
    if (problem.status === 401) this.#askForToken();
  }

  #askForToken(): void {
    const dialog = byId<HTMLDialogElement>('token');
    if (!dialog.open) dialog.showModal();
  }

  #mark(): void {
    const marks = this.#messages.filter(
      (message): message is Message & { line: number; level: Mark['level'] } =>
        !!message.line && (message.file ?? this.#program.entry) === this.#file && ['error', 'warning'].includes(message.level),
    );
    this.#editor.marks = marks.map(({ line, level, text, hint }) => ({ line, level, text: hint ? `${text}. ${hint}` : text }));
    byId('wrong').hidden = !this.#messages.some(({ level }) => level === 'error');
  }

  #goTo({ file, line, column }: Message): void {
    const name = file ?? this.#program.entry;
    if (!line || typeof this.#program.files[name] !== 'string') return;
    this.#chooseSide('program');
    if (name !== this.#file) this.#showFile(name);
    this.#editor.goTo(line, column ?? 1);
  }

  #say(text: string): void {
    const live = byId('live');
    if (live.textContent !== text) live.textContent = text;
  }

  // ---- the controls around

  #listen(): void {
    const click = (id: string, action: () => void) => byId(id).addEventListener('click', action);
    const view = (action: (viewer: ModelView) => void) => () => void this.#viewer().then((viewer) => viewer && action(viewer));
    click('make', () => this.#make());
    click('cancel', () => {
      this.#lane.cancel();
      byId('phase').textContent = 'Cancelled';
      this.#say('Cancelled');
      byId('make').focus();
    });
    click('open', () => byId('files').click());
    click('model-fit', view((viewer) => viewer.fit()));
    click('model-in', view((viewer) => viewer.zoom(1 / 1.25)));
    click('model-out', view((viewer) => viewer.zoom(1.25)));
    click('drawing-fit', () => this.#drawing.fit());
    click('drawing-in', () => this.#drawing.zoom(1.3));
    click('drawing-out', () => this.#drawing.zoom(1 / 1.3));
    click('edges', () => {
      const isOn = byId('edges').getAttribute('aria-pressed') !== 'true';
      byId('edges').setAttribute('aria-pressed', String(isOn));
      view((viewer) => (viewer.hasEdges = isOn))();
    });
    for (const button of document.querySelectorAll<HTMLElement>('[data-look]')) {
      button.addEventListener('click', view((viewer) => viewer.look(button.dataset.look!)));
    }
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', view((viewer) => viewer.colors()));
    this.#listenToChoices();
    this.#listenToKeys();
    this.#listenToFiles();
  }

  #listenToChoices(): void {
    const click = (id: string, action: () => void) => byId(id).addEventListener('click', action);
    byId<HTMLSelectElement>('sample').addEventListener('change', (event) => {
      const sample = this.#samples.find(({ name }) => name === (event.target as HTMLSelectElement).value);
      if (sample) void this.#open(programs.ofSample(sample));
    });
    byId('file').addEventListener('change', (event) => this.#showFile((event.target as HTMLSelectElement).value));
    byId('auto').addEventListener('change', (event) => (event.target as HTMLInputElement).checked && this.#make());
    for (const name of ['paper', 'projection', 'dimensions'] as const) {
      byId(`d-${name}`).addEventListener('change', (event) => {
        const { value } = event.target as HTMLSelectElement;
        if (value) this.#program.drawing[name] = value;
        else delete this.#program.drawing[name];
        this.#changed(0);
      });
    }
    addEventListener('hashchange', () => {
      const program = programs.recall(this.#samples);
      if (program) void this.#open(program);
    });
    click('job', () => {
      const job = this.#job([...SHOWN, { kind: 'model', format: '3mf', title: '' }, { kind: 'drawing', format: 'pdf', title: '' }]);
      save('job.json', new Blob([JSON.stringify(job, null, 2)], { type: 'application/json' }));
    });
    byId('form').addEventListener('submit', (event) => event.preventDefault());
    byId<HTMLDialogElement>('token').addEventListener('close', (event) => {
      const dialog = event.target as HTMLDialogElement;
      if (dialog.returnValue !== 'ok') return;
      api.setToken(byId<HTMLInputElement>('token-text').value.trim());
      void this.#describe();
    });
  }

  #listenToKeys(): void {
    addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#make();
      }
      if (event.key === 'Escape' && this.#lane.isBusy) byId('cancel').click();
    });
  }

  #listenToFiles(): void {
    const open = async (files: FileList | null | undefined) => {
      const program = files && (await programs.ofFiles(files));
      if (program) await this.#open(program);
      else if (files?.length) this.#log.tell('No program in these files', 'At least one of them must end in .scad.');
    };
    byId<HTMLInputElement>('files').addEventListener('change', (event) => {
      const input = event.target as HTMLInputElement;
      void open(input.files).then(() => (input.value = ''));
    });
    const drop = byId('drop');
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    addEventListener('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      drop.hidden = false;
    });
    addEventListener('dragleave', (event) => event.relatedTarget === null && (drop.hidden = true));
    addEventListener('drop', (event) => {
      drop.hidden = true;
      if (!hasFiles(event)) return;
      event.preventDefault();
      void open(event.dataTransfer?.files);
    });
  }
}

function figures({ geometry }: Manifest): string {
  if (!geometry) return '';
  const [min, max] = geometry.boundingBox;
  const spans = max.map((most, axis) => most - min[axis]!).slice(0, geometry.dimensions);
  const number = (value: number) => (value >= 1000 ? value.toFixed(0) : value.toFixed(1));
  const parts = [`${spans.map(number).join(' × ')} mm`];
  if (geometry.dimensions === 3) {
    parts.push(`${(geometry.volume / 1000).toFixed(1)} cm³`, `${geometry.triangles.toLocaleString('en')} triangles`);
    if (!geometry.manifold) parts.push('not closed');
  } else {
    parts.push(`${(geometry.area / 100).toFixed(1)} cm²`);
  }
  return parts.join(' · ');
}

void new Page().start();
