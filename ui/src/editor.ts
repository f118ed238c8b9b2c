// A plain editor: a textarea over its own coloured copy, with line numbers and marks. Tab moves on, so that the keyboard is never caught.

import { byId, make } from './dom';
import { highlight } from './highlight';

export interface Mark {
  line: number;
  level: 'error' | 'warning';
  text: string;
}

/** Colouring more than this at every key is felt. */
const COLOURED_MAX = 120_000;

export class Editor {
  readonly #area = byId<HTMLTextAreaElement>('code');
  readonly #colours = byId('code-colours');
  readonly #gutter = byId('gutter');
  #marks: Mark[] = [];
  /** What the gutter shows. */
  #numbered = '';

  constructor(changed: (text: string) => void) {
    this.#area.addEventListener('input', () => {
      this.#marks = [];
      this.#paint();
      changed(this.#area.value);
    });
    this.#area.addEventListener('scroll', () => this.#follow());
    this.#area.addEventListener('keydown', (event) => this.#key(event));
  }

  get text(): string {
    return this.#area.value;
  }

  set text(text: string) {
    if (text === this.#area.value) return;
    this.#area.value = text;
    this.#area.scrollTop = 0;
    this.#marks = [];
    this.#paint();
  }

  set marks(marks: Mark[]) {
    this.#marks = marks;
    this.#paint();
  }

  /** Shows a place (both counted from 1), selects from there to the line's end, and takes the focus. */
  goTo(line: number, column = 1): void {
    const lines = this.#area.value.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const from = start + Math.min(column - 1, lines[line - 1]?.length ?? 0);
    this.#area.focus({ preventScroll: true });
    this.#area.setSelectionRange(from, start + (lines[line - 1]?.length ?? 0));
    const height = this.#lineHeight();
    this.#area.scrollTop = Math.max(0, (line - 1) * height - this.#area.clientHeight / 2);
    this.#area.scrollLeft = 0;
    this.#follow();
    this.#area.closest('.editor')?.scrollIntoView({ block: 'nearest' });
  }

  #lineHeight(): number {
    return Number.parseFloat(getComputedStyle(this.#area).lineHeight);
  }

  #paint(): void {
    const text = this.#area.value;
    this.#colours.replaceChildren(text.length > COLOURED_MAX ? text : highlight(text), '\n');
    this.#number(text.split('\n').length);
    const wrong = this.#marks.some((mark) => mark.level === 'error');
    this.#area.setAttribute('aria-invalid', String(wrong));
    this.#follow();
  }

  #number(lines: number): void {
    const shown = `${lines} ${JSON.stringify(this.#marks)}`;
    if (shown === this.#numbered) return;
    this.#numbered = shown;
    const numbers = Array.from({ length: lines }, (_, index) => {
      const mark = this.#marks.find((one) => one.line === index + 1);
      return make('li', mark ? { class: mark.level, title: mark.text } : {}, String(index + 1));
    });
    this.#gutter.replaceChildren(...numbers);
  }

  #follow(): void {
    const { scrollTop, scrollLeft } = this.#area;
    this.#colours.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
    this.#gutter.style.transform = `translateY(${-scrollTop}px)`;
  }

  #key(event: KeyboardEvent): void {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === 'Enter' && isPlain && !event.shiftKey) {
      event.preventDefault();
      this.#insert(`\n${this.#indentation()}`);
    } else if ((event.ctrlKey || event.metaKey) && (event.key === ']' || event.key === '[')) {
      event.preventDefault();
      this.#indent(event.key === ']');
    } else if (event.key === '}' && isPlain) {
      const { value, selectionStart } = this.#area;
      const before = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
      if (before.length >= 4 && before.trim() === '') {
        event.preventDefault();
        this.#area.setSelectionRange(selectionStart - 4, selectionStart);
        this.#insert('}');
      }
    }
  }

  /** Of the line that the cursor is in; deeper behind an opening brace. */
  #indentation(): string {
    const { value, selectionStart } = this.#area;
    const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
    return (/^\s*/.exec(line)?.[0] ?? '') + (/[{([]\s*$/.test(line) ? '    ' : '');
  }

  #indent(isDeeper: boolean): void {
    const { value, selectionStart, selectionEnd } = this.#area;
    const from = value.lastIndexOf('\n', selectionStart - 1) + 1;
    const block = value.slice(from, selectionEnd);
    const moved = isDeeper ? block.replace(/^/gm, '    ') : block.replace(/^ {1,4}/gm, '');
    this.#area.setSelectionRange(from, selectionEnd);
    this.#insert(moved);
    this.#area.setSelectionRange(from, from + moved.length);
  }

  /** Typed in place of the selection, so that it can be undone. */
  #insert(text: string): void {
    // the only way that keeps the browser's undo; where it is gone the text is set without
    if (document.execCommand('insertText', false, text)) return;
    this.#area.setRangeText(text, this.#area.selectionStart, this.#area.selectionEnd, 'end');
    this.#area.dispatchEvent(new Event('input'));
  }
}
