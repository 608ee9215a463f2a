/* Elements and patterns. Text only ever becomes a text node, so nothing in it is executed. */

const SVG = 'http://www.w3.org/2000/svg';

/** Control characters, and those that would turn the direction of what stands around them, as escapes. */
function harmless(text) {
  return text.replace(
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of [children].flat(3)) {
    if (child === undefined || child === null || child === '') continue;
    element.append(typeof child === 'string' ? harmless(child) : child);
  }
  return element;
}

function html(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** How each kind is hatched, as lines on a tile of 6 by 6. */
const HATCHES = {
  doubtful: ['M1 1h2v2h-2z', 'M4 4h2v2h-2z'],
  refused: ['M-1 1l2-2M0 6l6-6M5 7l2-2'],
  timeout: ['M0 1.5h6M0 4.5h6'],
  connection: ['M0 0l6 6M6 0l-6 6'],
  other: ['M1.5 0v6M4.5 0v6'],
  crash: ['M0 0l8 8M8 0l-8 8'],
  pause: ['M0 2h8M0 6h8'],
  isolation: ['M-2 2l4-4M0 8l8-8M6 10l4-4'],
};

function patterns() {
  const one = (name) => {
    const size = name in { crash: 1, pause: 1, isolation: 1 } ? 8 : 6;
    const line = name in { crash: 1, pause: 1, isolation: 1, other: 1 } ? `l-${name}` : 'pattern-line';
    return svg(
      'pattern',
      { id: `p-${name}`, width: size, height: size, patternUnits: 'userSpaceOnUse' },
      svg('rect', { width: size, height: size, class: `c-${name}` }),
      (HATCHES[name] ?? []).map((d) => svg('path', { d, class: line, fill: 'none', 'stroke-width': 1.1 })),
    );
  };
  return svg('defs', {}, [...KINDS.map((kind) => kind.key), 'crash', 'pause', 'isolation'].map(one));
}

/** The fill of a kind. Patterns stand once in the page, in the first svg of its body. */
function paint(name) {
  return `url(#p-${name})`;
}

function swatch(name) {
  return svg(
    'svg',
    { 'aria-hidden': 'true', viewBox: '0 0 22 14' },
    svg('rect', { x: 0.5, y: 0.5, width: 21, height: 13, rx: 2, fill: paint(name), stroke: 'var(--send-line)' }),
  );
}

/** A table with a row of names; numbers stand to the right. */
function table(names, rows, caption) {
  const cell = (value, i, name = 'td') => {
    const attributes = { class: typeof rows[0]?.[i] === 'number' ? 'n' : undefined };
    if (name === 'th') attributes.scope = 'col';
    return html(name, attributes, typeof value === 'number' ? value.toLocaleString('en') : value);
  };
  return html(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${caption}, as a table` },
    html(
      'table',
      {},
      html('caption', { class: 'unseen' }, caption),
      html(
        'thead',
        {},
        html(
          'tr',
          {},
          names.map((name, i) => cell(name, i, 'th')),
        ),
      ),
      html(
        'tbody',
        {},
        rows.map((row) =>
          html(
            'tr',
            {},
            row.map((value, i) => cell(value, i)),
          ),
        ),
      ),
    ),
  );
}

function say(text) {
  document.getElementById('spoken').textContent = text;
}

const tip = {
  show(text, x, y) {
    const element = document.getElementById('tip');
    element.textContent = harmless(text);
    element.hidden = false;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(x + 14, window.innerWidth - width - 8))}px`;
    element.style.top = `${y + 18 + height > window.innerHeight ? y - height - 10 : y + 18}px`;
  },
  hide() {
    document.getElementById('tip').hidden = true;
  },
};
