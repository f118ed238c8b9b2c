// What a job said, and where.

import { byId, duration, make } from './dom';
import type { Fault, Manifest, Message } from './types';

export class Log {
  readonly #list = byId('messages');
  readonly #sum = byId('log-sum');

  constructor(private readonly goTo: (message: Message) => void) {}

  /** All messages of a job, errors first. Returns them. */
  show(manifest: Manifest): Message[] {
    const messages = messagesOf(manifest);
    this.#list.replaceChildren(...messages.map((message) => this.#entry(message)));
    const left = manifest.messagesTotal - manifest.messages.length;
    if (left > 0) this.#list.append(make('li', { class: 'note' }, `… and ${left} more`));
    if (messages.length === 0) this.#list.append(make('li', { class: 'note' }, 'Nothing to tell: no warnings, no errors.'));
    this.#sum.textContent = summary(manifest);
    return messages;
  }

  /** Something that is not a job's: the server is away, or says no. */
  tell(title: string, detail: string): void {
    this.#list.replaceChildren(this.#entry({ level: 'error', text: title, hint: detail }));
    this.#sum.textContent = '';
  }

  #entry(message: Message): HTMLElement {
    const { level, text, hint, line } = message;
    const body = [make('span', { class: 'level' }, level), make('span', { class: 'what' }, text)];
    if (hint) body.push(make('span', { class: 'hint' }, hint));
    const entry = make('li', { class: `message ${level}` });
    if (!line) {
      entry.append(make('div', {}, ...body));
      return entry;
    }
    const button = make('button', { type: 'button' }, ...body, make('span', { class: 'place' }, place(message)));
    button.addEventListener('click', () => this.goTo(message));
    entry.append(button);
    return entry;
  }
}

function messagesOf(manifest: Manifest): Message[] {
  const messages = [...manifest.messages];
  const faults = [manifest.error, ...manifest.outputs.map((output) => (isExpected(manifest, output.error) ? null : output.error))];
  for (const fault of faults) {
    if (fault && !messages.some((known) => known.level === 'error' && (known.text === fault.detail || known.line === fault.line))) {
      messages.push(ofFault(fault));
    }
  }
  const order = ['error', 'warning', 'deprecated'];
  const rank = (message: Message) => (order.indexOf(message.level) + order.length + 1) % (order.length + 1);
  return messages.sort((one, other) => rank(one) - rank(other));
}

/** A 2D program has no solid to show: that is not its fault. */
const isExpected = (manifest: Manifest, fault?: Fault) => manifest.geometry?.dimensions === 2 && fault?.code === 'invalid_geometry';

function ofFault(fault: Fault): Message {
  const { file, line, column, hint } = fault;
  const text = fault.detail || fault.title;
  return { level: 'error', text, hint: hint || (fault.title === text ? '' : fault.title), file: file ?? null, line: line ?? null, column: column ?? null };
}

export const place = ({ file, line, column }: Message): string => [file, line, column].filter(Boolean).join(':');

function summary({ status, usage, messages, job }: Manifest): string {
  const stages = Object.entries(usage.stagesMs).sort(([one], [other]) => STAGES.indexOf(one) - STAGES.indexOf(other));
  const parts = stages.filter(([, took]) => took > 0).map(([name, took]) => `${name} ${duration(took)}`);
  const warnings = messages.filter((message) => message.level === 'warning').length;
  if (warnings) parts.unshift(`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`);
  return [`${status} in ${duration(usage.wallMs)}`, ...parts, job].join(' · ');
}

const STAGES = ['fetching', 'evaluating', 'meshing', 'exporting', 'uploading'];
