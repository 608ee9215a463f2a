/* What stands in one lane of the timeline, drawn for a stretch of time. Where single things would not be told apart, they
 * are counted by column of COLUMN pixels. */

const COLUMN = 3;
const ROW = 22;
const GLYPHS = 13;
const MOST_SINGLE = 2400;

/** The first place of a sorted sequence at which `holds` is true. */
function firstWhere(size, holds) {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Counts by column and kind. */
class Columns {
  constructor(x0, width) {
    this.x0 = x0;
    this.size = Math.ceil(width / COLUMN) + 1;
    this.counts = KINDS.map(() => new Uint32Array(this.size));
    this.marks = new Uint32Array(this.size);
    this.total = new Uint32Array(this.size);
  }

  at(x) {
    return Math.max(0, Math.min(this.size - 1, Math.floor((x - this.x0) / COLUMN)));
  }

  add(x, kind) {
    const c = this.at(x);
    this.counts[kind][c] += 1;
    this.total[c] += 1;
  }

  /** One path for each kind; a kind that is there at all is at least two pixels high. */
  draw(parent, bottom, height) {
    let most = 1;
    for (const n of this.total) most = Math.max(most, n);
    const paths = KINDS.map(() => []);
    for (let c = 0; c < this.size; c += 1) {
      if (this.total[c] === 0) continue;
      let y = bottom;
      // What went wrong stands below, where the eye finds it.
      for (let k = KINDS.length - 1; k >= 0; k -= 1) {
        const n = this.counts[k][c];
        if (n === 0) continue;
        const h = Math.max(2, Math.min((n / most) * height, y - (bottom - height)));
        paths[k].push(`M${this.x0 + c * COLUMN} ${y.toFixed(1)}h${COLUMN}v${(-h).toFixed(1)}h${-COLUMN}z`);
        y -= h;
      }
    }
    paths.forEach((parts, k) => {
      if (parts.length > 0) {
        parent.append(svg('path', { class: 'attempt', d: parts.join(''), fill: paint(KINDS[k].key) }));
      }
    });
  }

  words(c) {
    return KINDS.map((kind, k) => [this.counts[k][c], kind.name])
      .filter(([n]) => n > 0)
      .map(([n, name]) => `${n.toLocaleString('en')} ${name}`)
      .join(', ');
  }
}

class ProducerLane {
  constructor(run, producer) {
    this.run = run;
    this.producer = producer;
    this.sends = run.byStart.filter((i) => run.producer[i] === producer);
    this.reach = new Float64Array(this.sends.length);
    this.visible = this.sends;
    this.name = run.producers[producer];
    this.rows = this.concurrency();
    this.height = GLYPHS + this.rows * ROW + 6;
    this.note = count(this.sends.length, 'send');
    this.prepare();
  }

  /** How many are under way at once, and one more for what stands close together; at most eight rows. */
  concurrency() {
    const { run } = this;
    const ends = Float64Array.from(this.sends, (i) => run.end[i]).sort();
    let most = 0;
    let ended = 0;
    this.sends.forEach((i, n) => {
      while (ended < n && ends[ended] <= run.start[i]) ended += 1;
      most = Math.max(most, n + 1 - ended);
    });
    return Math.max(2, Math.min(8, most + (most > 1 ? 1 : 0)));
  }

  filter(keeps) {
    this.visible = this.sends.filter(keeps);
    this.prepare();
  }

  prepare() {
    let reach = -Infinity;
    this.reach = Float64Array.from(this.visible, (i) => {
      reach = Math.max(reach, this.run.end[i]);
      return reach;
    });
  }

  draw(parent, view) {
    const { run, visible } = this;
    const from = firstWhere(visible.length, (n) => this.reach[n] >= view.from);
    const to = firstWhere(visible.length, (n) => run.start[visible[n]] > view.to);
    this.columns = null;
    this.places = new Map();
    const placed = to - from <= MOST_SINGLE ? this.place(view, from, to) : null;
    if (placed) this.drawSingle(parent, view, placed);
    else this.drawColumns(parent, view, from, to);
  }

  /** A row for each; null: they do not fit beside each other. */
  place(view, from, to) {
    const { run } = this;
    const until = new Array(this.rows).fill(-Infinity);
    const placed = [];
    for (let n = from; n < to; n += 1) {
      const i = this.visible[n];
      if (run.end[i] < view.from) continue;
      const x = view.x(run.start[i]);
      const width = Math.max(5, view.x(run.end[i]) - x);
      const row = until.findIndex((end) => end <= x);
      if (row < 0) return null;
      until[row] = x + width + 1;
      placed.push([i, x, width, row]);
    }
    return placed;
  }

  drawSingle(parent, view, placed) {
    const { run } = this;
    let lastGlyph = -Infinity;
    for (const [i, x, width, row] of placed) {
      const y = this.y + GLYPHS + row * ROW;
      const height = ROW - 6;
      this.places.set(i, [x, y, width, height]);
      parent.append(
        svg('rect', {
          class: run.failed[i] ? 'send failed' : 'send',
          'data-send': i,
          x,
          y,
          width,
          height,
          rx: 3,
        }),
      );
      // A bar that is wider than its time shows its attempts in proportion.
      const real = view.x(run.end[i]) - x;
      const stretch = real > 0 && real < width ? width / real : 1;
      const order = [];
      for (let k = run.first[i]; k < run.first[i + 1]; k += 1) order.push(k);
      order.sort((a, b) => (run.tryKind[a] === 0 ? 0 : 1) - (run.tryKind[b] === 0 ? 0 : 1));
      let worst = 0;
      for (const k of order) {
        const left = Math.min(x + (view.x(run.tryStart[k]) - x) * stretch, x + width - 2);
        const wide = Math.max(2, (view.x(run.tryStart[k] + run.tryTook[k]) - view.x(run.tryStart[k])) * stretch);
        parent.append(
          svg('rect', {
            class: 'attempt',
            'data-attempt': k,
            x: left,
            y: y + 2,
            height: height - 4,
            width: Math.min(wide, x + width - left),
            fill: paint(KINDS[run.tryKind[k]].key),
          }),
        );
        worst = Math.max(worst, run.tryKind[k]);
        if (k > run.first[i]) this.drawRetry(parent, view, k, y);
      }
      if (run.first[i] === run.first[i + 1]) {
        parent.append(
          svg('rect', {
            class: 'attempt',
            x: x + 1,
            y: y + 2,
            width: Math.max(2, width - 2),
            height: height - 4,
            fill: paint(KINDS[run.kind[i]].key),
            'fill-opacity': 0.8,
          }),
        );
        worst = run.kind[i];
      }
      if (run.failed[i]) {
        parent.append(svg('path', { class: 'cross', d: `M${x + width - 4} ${y - 4}l7 7m0 -7l-7 7` }));
      }
      if (KINDS[worst].sign && (this.rows > 2 || x - lastGlyph > 9)) {
        parent.append(svg('text', { class: 'glyph', x: x + Math.min(width / 2, 8), y: y - 2 }, KINDS[worst].sign));
        lastGlyph = x;
      }
    }
  }

  /** An arrow from the end of the attempt before. */
  drawRetry(parent, view, k, y) {
    const { run } = this;
    const from = view.x(run.tryStart[k - 1] + run.tryTook[k - 1] / 2);
    const to = view.x(run.tryStart[k] + run.tryTook[k] / 2);
    if (to - from < 4) return;
    const lift = Math.min(9, 3 + (to - from) / 6);
    parent.append(
      svg('path', {
        class: 'retry',
        'data-retry': k,
        d: `M${from} ${y + 2}C${from} ${y - lift} ${to} ${y - lift} ${to} ${y + 1}m-3 -4l3 4l3 -4`,
      }),
    );
  }

  drawColumns(parent, view, from, to) {
    const { run } = this;
    const columns = new Columns(view.x(view.from), view.x(view.to) - view.x(view.from));
    for (let n = from; n < to; n += 1) {
      const i = this.visible[n];
      if (run.first[i] === run.first[i + 1]) columns.add(view.x(run.start[i]), run.kind[i]);
      for (let k = run.first[i]; k < run.first[i + 1]; k += 1) columns.add(view.x(run.tryStart[k]), run.tryKind[k]);
      if (run.failed[i]) columns.marks[columns.at(view.x(run.end[i]))] += 1;
    }
    columns.draw(parent, this.y + this.height - 6, this.height - GLYPHS - 6);
    const crosses = [];
    columns.marks.forEach((n, c) => {
      if (n > 0) crosses.push(`M${columns.x0 + c * COLUMN - 1} ${this.y + 3}l5 5m0 -5l-5 5`);
    });
    if (crosses.length > 0) parent.append(svg('path', { class: 'cross', d: crosses.join('') }));
    this.columns = columns;
  }

  /** What is at a place: words, and a send if it is a single one. */
  look(view, x, element) {
    const { run } = this;
    const send = element.closest?.('[data-send]');
    if (send) {
      const i = Number(send.getAttribute('data-send'));
      return { send: i, text: sendInWords(run, i) };
    }
    if (!this.columns) return null;
    const c = this.columns.at(x);
    if (this.columns.total[c] === 0) return null;
    const failed = this.columns.marks[c];
    const at = view.t(this.columns.x0 + c * COLUMN);
    return {
      zoom: view.t(x),
      text:
        `${time(at)} and ${time(view.t(COLUMN) - view.t(0))} from there\n${count(this.columns.total[c], 'attempt')}: ` +
        `${this.columns.words(c)}${failed > 0 ? `\n${count(failed, 'send')} ended in an exception` : ''}\n` +
        'Click to come nearer',
    };
  }
}

function sendInWords(run, i) {
  const tries = [];
  for (let k = run.first[i]; k < run.first[i + 1] && tries.length < 8; k += 1) {
    tries.push(
      `${short(run.text(run.tryBroker[k]), 40)}/${run.tryQueue[k]} ${run.text(run.tryOutcome[k])} ${time(run.tryTook[k])}`,
    );
  }
  if (!run.began(i)) return `Send #${i} never began`;
  const took = run.took[i] < 0 ? 'never ended' : `after ${time(run.took[i])}`;
  return `Send #${i} at ${time(run.start[i])}: ${run.text(run.outcome[i])} ${took}\n${tries.join('\n')}`;
}

class ServerLane {
  constructor(run, index) {
    this.run = run;
    this.server = run.servers[index];
    this.index = index;
    this.name = this.server.name;
    this.note = count(this.server.n, 'request');
    this.windows = run.json.isolation.filter((window) => window.server === index);
    this.watchers = [...new Set(this.windows.map((window) => window.producer))];
    this.height = 42 + this.watchers.length * 16 + (this.watchers.length > 0 ? 4 : 0);
    this.acts = run.json.acts.filter((act) => act.server === index);
    this.tips = new Map();
  }

  filter() {}

  draw(parent, view) {
    this.tips.clear();
    const top = this.y + 3;
    this.drawBands(parent, view, top);
    this.drawRequests(parent, view, top);
    this.drawIsolation(parent, view, top);
  }

  band(parent, view, { from, to, y, height, name, pattern, text, words }) {
    const left = Math.max(view.x(from), view.x(view.from));
    const right = Math.min(view.x(to), view.x(view.to));
    if (right < left) return;
    const width = Math.max(2, right - left);
    const rect = svg('rect', {
      class: `band ${name}`,
      x: left,
      y,
      width,
      height,
      fill: pattern ? paint(pattern) : undefined,
      'data-from': from,
      'data-to': to,
    });
    this.tips.set(rect, words);
    parent.append(rect);
    const x = Math.max(left, view.x(view.shown)) + 5;
    if (text && right - x > text.length * 6.6 + 8) {
      this.texts.push(svg('text', { class: 'band-text', x, y: y + Math.min(height - 3, 13) }, text));
    }
  }

  drawBands(parent, view, top) {
    this.texts = [];
    const kinds = { crashed: 'crash', paused: 'pause', partitioned: 'pause' };
    for (const { kind, from, to, words } of this.server.bands) {
      const end = to < 0 ? view.last : to;
      this.band(parent, view, {
        from,
        to: end,
        y: top,
        height: 36,
        name: kind,
        pattern: kinds[kind],
        text: `${words} ${time(end - from)}`,
        words: `${this.name}: ${words} from ${time(from)} ${to < 0 ? 'to the end' : `to ${time(to)}`}`,
      });
    }
    for (const act of this.acts) {
      const rule = this.run.json.rules[act.rule];
      this.band(parent, view, {
        from: act.from,
        to: act.to,
        y: top + 8,
        height: 29,
        name: 'rule',
        text: short(rule.id, 40),
        words: `${short(rule.id, 60)} acted ${count(act.n, 'time')} here\n${short(rule.words, 200)}`,
      });
    }
  }

  drawRequests(parent, view, top) {
    const { server } = this;
    const from = firstWhere(server.n, (n) => server.at[n] >= view.from - server.longest);
    const to = firstWhere(server.n, (n) => server.at[n] > view.to);
    const bottom = top + 36;
    const acted = [];
    const mark = (x) => acted.push(`M${x.toFixed(1)} ${top + 8}l-4 -7h8z`);
    this.columns = null;
    const width = view.x(view.to) - view.x(view.from);
    if (to - from > Math.min(MOST_SINGLE, width / 3)) {
      const columns = new Columns(view.x(view.from), width);
      for (let n = from; n < to; n += 1) {
        const x = view.x(server.at[n]);
        columns.add(x, server.kind[n]);
        if (server.rule[n] >= 0) columns.marks[columns.at(x)] += 1;
      }
      columns.draw(parent, bottom, 26);
      columns.marks.forEach((n, c) => n > 0 && mark(columns.x0 + c * COLUMN + 1));
      this.columns = columns;
    } else {
      for (let n = from; n < to; n += 1) {
        const x = view.x(server.at[n]);
        const height = server.send[n] >= 0 ? 26 : 11;
        parent.append(
          svg('rect', {
            class: 'request',
            'data-request': n,
            x,
            y: bottom - height,
            height,
            width: Math.max(3, view.x(server.at[n] + Math.max(0, server.took[n])) - x),
            fill: paint(KINDS[server.kind[n]].key),
            stroke: server.send[n] >= 0 ? 'var(--send-line)' : 'none',
            'stroke-width': 0.6,
          }),
        );
        if (server.rule[n] >= 0) mark(x + 1);
      }
      this.drawn = [from, to];
    }
    if (acted.length > 0) parent.append(svg('path', { class: 'acted', d: acted.join('') }));
    parent.append(...this.texts);
  }

  drawIsolation(parent, view, top) {
    for (const window of this.windows) {
      const row = this.watchers.indexOf(window.producer);
      const producer = this.run.producers[window.producer];
      this.texts = [];
      this.band(parent, view, {
        from: window.from,
        to: window.to,
        y: top + 40 + row * 16,
        height: 14,
        name: 'isolated',
        pattern: 'isolation',
        text: `isolated by ${short(producer, 24)}`,
        words:
          `${this.name} is isolated by ${short(producer, 60)} from ${time(window.from)} to ${time(window.to)}` +
          `${window.cut ? ', where a success ended it' : ''}\nlatency counted: ${time(window.latency)}`,
      });
      parent.append(...this.texts);
    }
  }

  look(view, x, element, y) {
    const words = this.tips.get(element);
    const inRequests = y < this.y + 40;
    if (inRequests && this.columns) {
      const c = this.columns.at(x);
      if (this.columns.total[c] > 0) {
        const acted = this.columns.marks[c];
        return {
          zoom: view.t(x),
          text:
            `${this.name} at ${time(view.t(this.columns.x0 + c * COLUMN))}\n${count(this.columns.total[c], 'request')}: ` +
            `${this.columns.words(c)}${acted > 0 ? `\nrules acted on ${acted.toLocaleString('en')}` : ''}`,
        };
      }
    } else if (inRequests && this.drawn) {
      const { server } = this;
      for (let n = this.drawn[0]; n < this.drawn[1]; n += 1) {
        const left = view.x(server.at[n]);
        if (x >= left - 2 && x <= Math.max(left + 4, view.x(server.at[n] + server.took[n]))) return this.request(n);
      }
    }
    return words ? { text: words } : null;
  }

  request(n) {
    const { run, server } = this;
    const rule = server.rule[n] < 0 ? '' : `\n${short(run.json.rules[server.rule[n]].id, 60)} acted`;
    const send = server.send[n];
    return {
      send: send < 0 ? undefined : send,
      text:
        `${server.name} got ${run.text(server.code[n])} at ${time(server.at[n])}` +
        `${send < 0 ? '' : `, of send #${send}`}\n${run.text(server.outcome[n]) || 'not answered'}` +
        `${server.took[n] > 0 ? ` after ${time(server.took[n])}` : ''}${rule}`,
    };
  }
}

/** Events of the steps, and what clients heard of routes. */
class ClusterLane {
  constructor(run) {
    this.run = run;
    this.name = 'cluster';
    this.note = '';
    this.flags = run.json.flags;
    // A row of each, so that neither's words are in the other's way.
    this.kinds = ['event', 'route'].filter((kind) => this.flags.some((flag) => flag.kind === kind));
    this.height = 14 + 16 * this.kinds.length;
    this.tips = new Map();
  }

  filter() {}

  draw(parent, view) {
    this.tips.clear();
    const flags = this.flags.filter((flag) => flag.at >= view.from && flag.at <= view.to);
    const row = (flag) => this.kinds.indexOf(flag.kind);
    const taken = this.kinds.map((kind) =>
      flags.filter((flag) => flag.kind === kind).map((flag) => [view.x(flag.at) - 8, view.x(flag.at) + 10]),
    );
    for (const flag of flags) {
      const x = view.x(flag.at);
      const y = this.y + 6 + 16 * row(flag);
      const mark =
        flag.kind === 'route'
          ? svg('path', {
              class: 'flag route',
              d: `M${x} ${y}l5 6l-5 6l-5 -6z`,
              fill: 'var(--accent)',
              'data-at': flag.at,
            })
          : svg('path', {
              class: 'flag event',
              d: `M${x} ${y + 16}v-16l9 4l-9 4`,
              fill: 'var(--bad)',
              'data-at': flag.at,
            });
      this.tips.set(mark, `${time(flag.at)}: ${short(flag.words, 300)}`);
      parent.append(mark);
      if (flag.kind !== 'route') {
        parent.append(svg('path', { class: 'flag-line', d: `M${x} ${y + 16}V${this.groupBottom}` }));
      }
      const words = short(flag.kind === 'route' ? flag.words.replace(/^.* hears/, 'hears') : flag.words, 48);
      const place = this.placeWords(view, x, words.length * 6.6, taken[row(flag)]);
      if (!place) continue;
      const anchor = place[0] > x ? 'start' : 'end';
      const at = anchor === 'start' ? place[0] : place[1];
      parent.append(svg('text', { class: 'flag-text', x: at, y: y + 11, 'text-anchor': anchor }, words));
      taken[row(flag)].push(place);
    }
  }

  /** Where words cover nothing, behind their mark or before it; of a mark that is seen they are seen to their end. */
  placeWords(view, x, width, taken) {
    const left = view.x(view.shown);
    const right = left + (view.x(view.to) - view.x(view.from)) / 3;
    const places = [
      [x + 12, x + 12 + width],
      [x - 12 - width, x - 12],
    ].filter(([from, to]) => taken.every((one) => to < one[0] || from > one[1]));
    return x < left || x > right ? places[0] : places.find(([from, to]) => from >= left && to <= right);
  }

  look(view, x, element) {
    const words = this.tips.get(element);
    if (words) return { text: words };
    const near = this.flags.filter((flag) => Math.abs(view.x(flag.at) - x) < 6).slice(0, 6);
    return near.length > 0
      ? { text: near.map((flag) => `${time(flag.at)}: ${short(flag.words, 200)}`).join('\n') }
      : null;
  }
}
