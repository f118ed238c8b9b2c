// What goes over the wire, as docs/jobs.md and docs/api.md tell it.

export type Value = number | string | boolean | number[];
export type Values = Record<string, Value>;

/** A file of a program: its text, or bytes in base64. */
export type SourceFile = string | { base64: string };

export interface Output {
  name: string;
  kind: 'model' | 'drawing' | 'preview' | 'report';
  format: string;
  options?: Record<string, unknown>;
  required?: boolean;
}

export interface Job {
  version: 1;
  id?: string;
  source: { entry: string; files: Record<string, SourceFile> };
  parameters?: Values;
  outputs: Output[];
  labels?: Record<string, string>;
}

export interface Status {
  job: string;
  status: string;
  phase: string;
  progress: number;
  code?: string;
  outputs?: string[];
}

export interface Message {
  level: string;
  text: string;
  file?: string | null;
  line?: number | null;
  column?: number | null;
  hint?: string | null;
}

export interface Fault {
  code: string;
  title: string;
  detail: string;
  file?: string | null;
  line?: number | null;
  column?: number | null;
  hint?: string | null;
}

export interface MadeOutput {
  name: string;
  kind: string;
  format: string;
  status: 'succeeded' | 'failed';
  bytes?: number;
  sheet?: { paper: string; scale: string; views: string[]; sheets: number };
  error?: Fault;
}

export interface Manifest {
  job: string;
  status: string;
  engine?: { name: string; version: string };
  usage: { wallMs: number; queuedMs: number; stagesMs: Record<string, number> };
  geometry: {
    dimensions: number;
    boundingBox: [number[], number[]];
    volume: number;
    area: number;
    triangles: number;
    manifold: boolean;
    parts: number;
  } | null;
  outputs: MadeOutput[];
  messages: Message[];
  messagesTotal: number;
  error: Fault | null;
}

/** A parameter as OpenSCAD describes it. */
export interface Parameter {
  name: string;
  group: string;
  initial: Value;
  type: 'number' | 'string' | 'boolean';
  caption?: string;
  min?: number;
  max?: number;
  step?: number;
  maxLength?: number;
  options?: { name: string; value: Value }[];
}

export interface Description {
  parameters: Parameter[];
  schema: { properties?: Record<string, { format?: string }> };
}

export interface Sample {
  name: string;
  program: string;
  job: { parameters?: Values; outputs?: Output[] };
}
