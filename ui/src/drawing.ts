// The drawing: an SVG that stands in the page, to be moved and made larger with pointer, wheel and keys.

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** What a drawing is made of; anything else is left out, whoever made the file. */
const ELEMENTS = new Set(['svg', 'g', 'path', 'text', 'tspan', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'title', 'desc']);
const LARGEST = 40;

interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class DrawingView {
  #svg: SVGSVGElement | undefined;
  #sheet: Frame = { x: 0, y: 0, width: 1, height: 1 };
  #frame: Frame = { ...this.#sheet };
  #pointers = new Map<number, { x: number; y: number }>();

  constructor(private readonly host: HTMLElement) {
    host.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    host.addEventListener('pointerdown', (event) => {
      host.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    host.addEventListener('pointermove', (event) => this.#move(event));
    for (const name of ['pointerup', 'pointercancel'] as const) {
      host.addEventListener(name, (event) => this.#pointers.delete(event.pointerId));
    }
    host.addEventListener('dblclick', () => this.fit());
    host.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Shows a drawing. What is in sight stays so where the sheet has the same size. */
  show(text: string, label: string): void {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    if (parsed.localName !== 'svg') throw new Error('the drawing is no SVG');
    clean(parsed);
    const svg = document.importNode(parsed, true) as unknown as SVGSVGElement;
    const [x = 0, y = 0, width = 1, height = 1] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
    const isSame = this.#svg !== undefined && width === this.#sheet.width && height === this.#sheet.height;
    this.#sheet = { x, y, width, height };
    svg.removeAttribute('width');
    svg.removeAttribute('height');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    svg.prepend(paper(this.#sheet));
    this.clear();
    this.host.prepend(svg);
    this.#svg = svg;
    if (isSame) this.#apply();
    else this.fit();
  }

  clear(): void {
    this.#svg?.remove();
    this.#svg = undefined;
  }

  /** The whole sheet. */
  fit(): void {
    const margin = Math.max(this.#sheet.width, this.#sheet.height) * 0.015;
    const { x, y, width, height } = this.#sheet;
    this.#frame = { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
    this.#apply();
  }

  /** Makes larger (above 1) or smaller around a place in the window, or around the middle. */
  zoom(factor: number, at?: { x: number; y: number }): void {
    const width = Math.min(Math.max(this.#frame.width / factor, this.#sheet.width / LARGEST), this.#sheet.width * 2);
    const ratio = width / this.#frame.width;
    const middle = { x: this.#frame.x + this.#frame.width / 2, y: this.#frame.y + this.#frame.height / 2 };
    const still = (at && this.#onSheet(at)) ?? middle;
    this.#frame = {
      x: still.x - (still.x - this.#frame.x) * ratio,
      y: still.y - (still.y - this.#frame.y) * ratio,
      width,
      height: this.#frame.height * ratio,
    };
    this.#apply();
  }

  #pan(across: number, down: number): void {
    const { x, y, width, height } = this.#sheet;
    // the sheet's middle half is never lost
    this.#frame.x = Math.min(Math.max(this.#frame.x + across, x - this.#frame.width * 0.8), x + width - this.#frame.width * 0.2);
    this.#frame.y = Math.min(Math.max(this.#frame.y + down, y - this.#frame.height * 0.8), y + height - this.#frame.height * 0.2);
    this.#apply();
  }

  #apply(): void {
    const { x, y, width, height } = this.#frame;
    this.#svg?.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
  }

  #onSheet(at: { x: number; y: number }): { x: number; y: number } | undefined {
    const matrix = this.#svg?.getScreenCTM();
    return matrix ? new DOMPoint(at.x, at.y).matrixTransform(matrix.inverse()) : undefined;
  }

  #wheel(event: WheelEvent): void {
    if (!this.#svg) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), { x: event.clientX, y: event.clientY });
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before || !this.#svg) return;
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    const now = { x: event.clientX, y: event.clientY };
    const scale = this.#svg.getScreenCTM()?.a || 1;
    const [other] = others;
    if (other) {
      const distance = (place: { x: number; y: number }) => Math.hypot(place.x - other.x, place.y - other.y) || 1;
      this.zoom(distance(now) / distance(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    }
    const share = 1 + others.length;
    this.#pan(-(now.x - before.x) / scale / share, -(now.y - before.y) / scale / share);
    this.#pointers.set(event.pointerId, now);
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.host || event.ctrlKey || event.metaKey || event.altKey) return;
    const across = this.#frame.width * 0.08;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.#pan(-across, 0),
      ArrowRight: () => this.#pan(across, 0),
      ArrowUp: () => this.#pan(0, -across),
      ArrowDown: () => this.#pan(0, across),
      '+': () => this.zoom(1.25),
      '=': () => this.zoom(1.25),
      '-': () => this.zoom(0.8),
      f: () => this.fit(),
      Home: () => this.fit(),
      0: () => this.fit(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}

function paper({ x, y, width, height }: Frame): SVGElement {
  const sheet = document.createElementNS(NAMESPACE, 'rect');
  for (const [name, value] of Object.entries({ x, y, width, height, class: 'paper', stroke: 'none' })) {
    sheet.setAttribute(name, String(value));
  }
  return sheet;
}

/** Takes away whatever could do something or be mistaken for the page's own: scripts, handlers, links, names. */
function clean(element: Element): void {
  for (const { name } of [...element.attributes]) {
    if (/^(on|id$|class$|style$|(.*:)?href$)/i.test(name)) element.removeAttribute(name);
  }
  for (const child of [...element.children]) {
    if (child.namespaceURI === NAMESPACE && ELEMENTS.has(child.localName)) clean(child);
    else child.remove();
  }
}
