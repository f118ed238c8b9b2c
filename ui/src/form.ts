// The form of a program's customizer parameters.

import { byId, make } from './dom';
import type { Description, Parameter, Value, Values } from './types';

interface Control {
  element: HTMLElement;
  /** What the label points at. */
  labels: string;
  show(value: Value): void;
}

/** Tells of every value that the user changes. */
export class Form {
  #values: Values = {};
  #description: Description = { parameters: [], schema: {} };
  #rows = new Map<string, { row: HTMLElement; control: Control; parameter: Parameter }>();
  /** Folded groups stay folded when the form is made anew. */
  #folded = new Set<string>();
  readonly #host = byId('form');

  constructor(private readonly changed: (values: Values) => void) {
    byId('reset-values').addEventListener('click', () => {
      this.#values = {};
      this.#showAll();
      this.changed(this.#values);
    });
  }

  /** Makes the form for a program; keeps those values that it still offers. Returns the values that hold. */
  set(description: Description, values: Values): Values {
    const isSame = JSON.stringify(description) === JSON.stringify(this.#description);
    this.#values = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => isAllowed(description.parameters.find((known) => known.name === name), value)),
    );
    if (!isSame) {
      this.#description = description;
      this.#build();
    }
    this.#showAll();
    return this.#values;
  }

  #build(): void {
    this.#rows.clear();
    const groups = new Map<string, Parameter[]>();
    for (const parameter of this.#description.parameters) {
      groups.set(parameter.group, [...(groups.get(parameter.group) ?? []), parameter]);
    }
    this.#host.replaceChildren(...[...groups].map(([name, members]) => this.#group(name, members)));
    byId('no-parameters').hidden = groups.size > 0;
  }

  #group(name: string, members: Parameter[]): HTMLElement {
    const details = make('details', { class: 'group', open: !this.#folded.has(name) }, make('summary', {}, name));
    details.addEventListener('toggle', () => {
      if (details.open) this.#folded.delete(name);
      else this.#folded.add(name);
    });
    details.append(...members.map((parameter) => this.#row(parameter)));
    return details;
  }

  #row(parameter: Parameter): HTMLElement {
    const { name } = parameter;
    const format = this.#description.schema.properties?.[name]?.format;
    const control = controlOf(parameter, format, (value) => {
      if (same(value, parameter.initial)) delete this.#values[name];
      else this.#values[name] = value;
      this.#show(name);
      this.changed(this.#values);
    });
    const label = make('label', { for: control.labels, id: `${control.labels}-label`, title: name }, parameter.caption || readable(name));
    const reset = make('button', { type: 'button', class: 'icon reset', title: `Back to ${text(parameter.initial)}` }, '↺');
    reset.setAttribute('aria-label', `Reset ${parameter.caption || readable(name)} to ${text(parameter.initial)}`);
    reset.addEventListener('click', () => {
      delete this.#values[name];
      this.#show(name);
      document.getElementById(control.labels)?.focus();
      this.changed(this.#values);
    });
    const row = make('div', { class: 'row', 'data-name': name }, label, reset, control.element);
    this.#rows.set(name, { row, control, parameter });
    return row;
  }

  #show(name: string): void {
    const entry = this.#rows.get(name);
    if (!entry) return;
    entry.control.show(this.#values[name] ?? entry.parameter.initial);
    entry.row.classList.toggle('is-changed', name in this.#values);
    byId<HTMLButtonElement>('reset-values').disabled = Object.keys(this.#values).length === 0;
  }

  #showAll(): void {
    for (const name of this.#rows.keys()) this.#show(name);
    byId<HTMLButtonElement>('reset-values').disabled = Object.keys(this.#values).length === 0;
  }
}

function isAllowed(parameter: Parameter | undefined, value: Value): boolean {
  if (!parameter || typeof value !== typeof parameter.initial || same(value, parameter.initial)) return false;
  if (parameter.options) return parameter.options.some((option) => same(option.value, value));
  if (Array.isArray(parameter.initial)) return Array.isArray(value) && value.length === parameter.initial.length;
  return true;
}

type Tell = (value: Value) => void;

function controlOf(parameter: Parameter, format: string | undefined, tell: Tell): Control {
  const id = `p-${parameter.name.replace(/\W/g, '_')}`;
  if (parameter.options) return choice(id, parameter.options, tell);
  if (typeof parameter.initial === 'boolean') return check(id, tell);
  if (Array.isArray(parameter.initial)) return vector(id, parameter, parameter.initial, tell);
  if (typeof parameter.initial === 'number') return number(id, parameter, tell);
  return format === 'color' ? color(id, parameter, tell) : line(id, parameter, tell);
}

function choice(id: string, options: { name: string; value: Value }[], tell: Tell): Control {
  const element = make('select', { id }, ...options.map((option, index) => make('option', { value: index }, option.name)));
  element.addEventListener('change', () => tell(options[element.selectedIndex]!.value));
  const show = (value: Value) => (element.selectedIndex = options.findIndex((option) => same(option.value, value)));
  return { element, labels: id, show };
}

function check(id: string, tell: Tell): Control {
  const element = make('input', { id, type: 'checkbox', class: 'switch' });
  element.addEventListener('change', () => tell(element.checked));
  return { element, labels: id, show: (value) => (element.checked = value === true) };
}

function line(id: string, parameter: Parameter, tell: Tell): Control {
  const element = make('input', { id, type: 'text', spellcheck: 'false', autocomplete: 'off', maxlength: parameter.maxLength });
  element.addEventListener('input', () => tell(element.value));
  return { element, labels: id, show: (value) => showText(element, String(value)) };
}

function color(id: string, parameter: Parameter, tell: Tell): Control {
  const well = make('input', { type: 'color', 'aria-label': `${parameter.caption || readable(parameter.name)}: colour` });
  const entry = make('input', { id, type: 'text', spellcheck: 'false', maxlength: 9, class: 'mono', pattern: '#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?' });
  well.addEventListener('input', () => tell(well.value));
  entry.addEventListener('input', () => entry.checkValidity() && entry.value && tell(entry.value));
  const show = (value: Value) => {
    well.value = String(value).slice(0, 7).toLowerCase();
    showText(entry, String(value));
  };
  return { element: make('div', { class: 'pair color' }, well, entry), labels: id, show };
}

function number(id: string, parameter: Parameter, tell: Tell): Control {
  const box = numberBox(parameter, { id });
  box.addEventListener('input', () => box.value !== '' && box.validity.valid && tell(box.valueAsNumber));
  box.addEventListener('change', () => {
    if (box.value === '' || box.validity.valid) return;
    tell(clamp(box.valueAsNumber, parameter));
    box.value = String(clamp(box.valueAsNumber, parameter));
  });
  if (parameter.min === undefined || parameter.max === undefined) {
    return { element: box, labels: id, show: (value) => showNumber(box, value as number) };
  }
  // the box beside it has the label; the slider is named after the same
  const slider = make('input', { type: 'range', min: parameter.min, max: parameter.max, step: parameter.step ?? 'any', 'aria-labelledby': `${id}-label` });
  slider.addEventListener('input', () => tell(slider.valueAsNumber));
  const span = parameter.max - parameter.min || 1;
  const show = (value: Value) => {
    showNumber(box, value as number);
    slider.valueAsNumber = value as number;
    slider.style.setProperty('--filled', `${(((value as number) - parameter.min!) / span) * 100}%`);
  };
  return { element: make('div', { class: 'pair' }, slider, box), labels: id, show };
}

const AXES = ['x', 'y', 'z', 'w'];

function vector(id: string, parameter: Parameter, initial: number[], tell: Tell): Control {
  const caption = parameter.caption || readable(parameter.name);
  const boxes = initial.map((_, index) =>
    numberBox(parameter, { id: index === 0 ? id : `${id}-${index}`, 'aria-label': `${caption}, ${AXES[index]}` }),
  );
  const read = () => boxes.every((box) => box.value !== '' && box.validity.valid) && tell(boxes.map((box) => box.valueAsNumber));
  for (const box of boxes) box.addEventListener('input', read);
  const cells = boxes.map((box, index) => make('span', { class: 'axis', 'data-axis': AXES[index] }, box));
  const show = (value: Value) => boxes.forEach((box, index) => showNumber(box, (value as number[])[index]!));
  return { element: make('div', { class: 'vector' }, ...cells), labels: id, show };
}

function numberBox(parameter: Parameter, attributes: Record<string, string>): HTMLInputElement {
  // without bounds OpenSCAD steps by 1 but takes any number
  const step = parameter.min === undefined && parameter.max === undefined ? 'any' : (parameter.step ?? 'any');
  return make('input', { type: 'number', min: parameter.min, max: parameter.max, step, inputmode: 'decimal', ...attributes });
}

/** Leaves alone what the user is typing. */
function showNumber(box: HTMLInputElement, value: number): void {
  if (box.valueAsNumber !== value) box.value = String(value);
}

function showText(box: HTMLInputElement, value: string): void {
  if (box.value !== value) box.value = value;
}

const clamp = (value: number, { min = -Infinity, max = Infinity }: Parameter) => Math.min(Math.max(value, min), max);
const same = (one: Value, other: Value) => JSON.stringify(one) === JSON.stringify(other);
const text = (value: Value) => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value) || 'empty');
const readable = (name: string) => (name.charAt(0).toUpperCase() + name.slice(1)).replace(/_/g, ' ');
