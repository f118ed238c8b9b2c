// The program that is open: its files, the values that were changed, how its drawing shall look; and how all of it is remembered.

import type { Output, Sample, SourceFile, Value, Values } from './types';

export interface DrawingOptions {
  paper: string;
  projection: string;
  dimensions: string;
  hiddenLines: string;
}

/** All that a job is made of. */
export interface Program {
  /** What files are called after it. */
  title: string;
  entry: string;
  files: Record<string, SourceFile>;
  /** Values that differ from the program's own. */
  values: Values;
  drawing: Partial<DrawingOptions>;
  /** The bundled sample that it is, unless its text was changed. */
  sample?: string;
  /** The sample that it began as: its outputs keep that one's options. */
  began?: string;
}

const STORED = 'maquette.program';
/** What local storage takes for granted. */
const STORED_MAX = 2_000_000;

export function ofSample(sample: Sample, values: Values = {}): Program {
  const entry = `${sample.name}.scad`;
  const own = sample.job.parameters ?? {};
  return {
    title: sample.name,
    entry,
    files: { [entry]: sample.program },
    values: { ...own, ...values },
    drawing: {},
    sample: sample.name,
    began: sample.name,
  };
}

/** A sample's name and the beginning of its first comment: "Box: a parametric box with a lid". */
export function titleOf({ name, program }: Sample): string {
  const about = /^\/\/ ([^.:;,\n]+)/.exec(program)?.[1] ?? '';
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  return about ? `${title}: ${about.charAt(0).toLowerCase()}${about.slice(1)}` : title;
}

/** A program out of files that were opened or dropped; the first `.scad` is its entry. */
export async function ofFiles(files: Iterable<File>): Promise<Program | undefined> {
  const read: Record<string, SourceFile> = {};
  for (const file of files) read[file.name] = await content(file);
  const programs = Object.keys(read).filter((name) => name.endsWith('.scad'));
  const entry = programs.find((name) => /^(main|index)\.scad$/.test(name)) ?? programs[0];
  if (!entry) return undefined;
  return { title: entry.replace(/\.scad$/, ''), entry, files: read, values: {}, drawing: {} };
}

const TEXTS = /\.(scad|svg|dxf|txt|csv|json|off|obj|amf)$/i;

async function content(file: File): Promise<SourceFile> {
  if (TEXTS.test(file.name)) return file.text();
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { base64: btoa(binary) };
}

/** An output of the program's job, with the options that its sample's job gives to such an output. */
export function outputOf(program: Program, kind: Output['kind'], format: string, sample?: Sample): Output {
  const own = sample?.job.outputs?.find((output) => output.kind === kind && output.format === format)
    ?? sample?.job.outputs?.find((output) => output.kind === kind && kind !== 'model');
  const chosen = kind === 'drawing' ? drawingOptions(program.drawing) : {};
  const options = { ...own?.options, ...chosen };
  const name = kind === 'drawing' ? `${safe(program.title)}-drawing` : safe(program.title);
  return { name, kind, format, required: false, ...(Object.keys(options).length > 0 && { options }) };
}

function drawingOptions(chosen: Partial<DrawingOptions>): Record<string, unknown> {
  const options: Record<string, unknown> = { ...chosen };
  if (chosen.hiddenLines) options.hiddenLines = chosen.hiddenLines === 'on';
  return options;
}

function safe(title: string): string {
  return title.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'model';
}

/** Remembers the program for the next visit, and a sample's name and values in the address, to be handed on. */
export function remember(program: Program): void {
  const text = JSON.stringify(program);
  try {
    if (text.length < STORED_MAX) localStorage.setItem(STORED, text);
  } catch {
    // storage that is full or forbidden costs only the memory of it
  }
  history.replaceState(null, '', program.sample ? `#${address(program)}` : location.pathname + location.search);
}

function address(program: Program): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(program.values)) query.set(name, JSON.stringify(value));
  const values = query.toString();
  return values ? `${program.sample}?${values}` : program.sample!;
}

/** The program that the address names, or else the one remembered, or else the first sample. */
export function recall(samples: Sample[]): Program | undefined {
  const [name, values = ''] = location.hash.slice(1).split('?');
  const named = samples.find((sample) => sample.name === name);
  if (named) return { ...ofSample(named), ...(values && { values: valuesOf(values) }) };
  return stored() ?? (samples[0] && ofSample(samples[0]));
}

function valuesOf(query: string): Values {
  const values: Values = {};
  for (const [name, text] of new URLSearchParams(query)) {
    try {
      values[name] = JSON.parse(text) as Value;
    } catch {
      values[name] = text;
    }
  }
  return values;
}

function stored(): Program | undefined {
  try {
    const program = JSON.parse(localStorage.getItem(STORED) ?? 'null') as Program | null;
    return program && typeof program.entry === 'string' && program.files?.[program.entry] !== undefined ? program : undefined;
  } catch {
    return undefined;
  }
}
