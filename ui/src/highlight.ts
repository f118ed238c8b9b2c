// Colours of an OpenSCAD program: comments, texts, numbers, words of the language, calls.

const TOKEN =
  /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|("(?:[^"\\]|\\[\s\S])*(?:"|$))|(\b(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\b)|\b(module|function|if|else|for|intersection_for|let|each|assert|echo|use|include|true|false|undef)\b|(\$\w+)|([A-Za-z_]\w*)(?=\s*\()/g;
const CLASSES = ['', 'comment', 'text', 'number', 'word', 'special', 'call'];

/** The program as spans. */
export function highlight(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = match.findIndex((group, index) => index > 0 && group !== undefined);
    if (match.index > end) out.append(text.slice(end, match.index));
    const span = document.createElement('span');
    span.className = `t-${CLASSES[kind]}`;
    span.textContent = match[0];
    out.append(span);
    end = match.index + match[0].length;
  }
  out.append(text.slice(end));
  return out;
}
