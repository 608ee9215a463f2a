/* The timeline: lanes of one run, or of several on one axis. What is drawn reaches a width beyond both sides of the view,
 * so that panning moves it and draws anew only now and then. */

const LEFT = 148;
const RIGHT = 14;
const OVERVIEW = 26;
const AXIS = 24;
const GROUP = 24;

class Timeline {
  /** `choose(run, send)` is called for a send that was clicked. */
  constructor(runs, { choose, marks = [] }) {
    this.runs = runs;
    this.choose = choose;
    this.marks = marks;
    this.frames = [];
    const extents = runs.map((run) => run.extent());
    const from = Math.min(...extents.map((extent) => extent[0]));
    const to = Math.max(...extents.map((extent) => extent[1]));
    const margin = Math.max(1, (to - from) * 0.015);
    this.extent = [from - margin, to + margin];
    this.view = [...this.extent];
    this.chosen = null;
    this.layOut();
    this.build();
  }

  layOut() {
    let y = OVERVIEW + AXIS;
    this.groups = [];
    this.lanes = [];
    for (const run of this.runs) {
      const group = { run, y };
      if (this.runs.length > 1) y += GROUP;
      const lanes = [
        ...(run.json.flags.length > 0 ? [new ClusterLane(run)] : []),
        ...run.producers.map((_, i) => new ProducerLane(run, i)).filter((lane) => lane.sends.length > 0),
        ...run.servers.map((_, i) => new ServerLane(run, i)),
      ];
      for (const lane of lanes) {
        lane.y = y;
        y += lane.height + 1;
      }
      lanes.forEach((lane) => {
        lane.groupBottom = y;
      });
      this.lanes.push(...lanes);
      this.groups.push({ ...group, bottom: y, lanes });
    }
    this.height = y + 4;
  }

  build() {
    this.picture = svg('svg', { height: this.height, 'aria-hidden': 'true' });
    this.host = html(
      'div',
      {
        class: 'timeline',
        tabindex: '0',
        role: 'group',
        'aria-label': 'Timeline',
        'aria-describedby': 'keys',
      },
      this.picture,
    );
    this.fixed = svg('g');
    this.axis = svg('g', { class: 'axis' });
    this.overview = svg('g', { class: 'overview' });
    this.clip = svg('rect', { x: LEFT, y: 0, height: this.height });
    this.moving = svg('g');
    const name = `clip-${Timeline.made}`;
    Timeline.made += 1;
    // Lines of the grid lie below what happened.
    this.picture.append(
      svg('defs', {}, svg('clipPath', { id: name }, this.clip)),
      this.fixed,
      this.axis,
      svg('g', { 'clip-path': `url(#${name})` }, this.moving),
      this.overview,
    );
    this.listen();
    new ResizeObserver(() => this.resize()).observe(this.host);
  }

  resize() {
    const width = Math.max(320, this.host.clientWidth);
    if (width === this.width) return;
    this.width = width;
    this.inner = width - LEFT - RIGHT;
    this.picture.setAttribute('viewBox', `0 0 ${width} ${this.height}`);
    this.clip.setAttribute('width', this.inner + RIGHT / 2);
    this.drawFixed();
    this.drawOverview();
    this.draw();
  }

  x(t) {
    return LEFT + ((t - this.view[0]) / (this.view[1] - this.view[0])) * this.inner;
  }

  t(x) {
    return this.view[0] + ((x - LEFT) / this.inner) * (this.view[1] - this.view[0]);
  }

  drawFixed() {
    const parts = [];
    for (const { run, y } of this.groups) {
      if (this.runs.length > 1) {
        parts.push(svg('rect', { x: 0, y, width: this.width, height: GROUP, fill: 'var(--panel)' }));
        parts.push(svg('text', { class: 'group-name', x: 10, y: y + 17 }, short(`${run.profile}`, 60)));
      }
    }
    for (const lane of this.lanes) {
      const name = svg(
        'text',
        { class: 'lane-name', x: 10, y: lane.y + 18 },
        lane.name.length > 17 ? `${lane.name.slice(0, 16)}…` : lane.name,
      );
      name.append(svg('title', {}, short(lane.name, 400)));
      parts.push(
        svg('path', { class: 'lane-line', d: `M0 ${lane.y - 0.5}H${this.width}` }),
        name,
        svg('text', { class: 'lane-note', x: 10, y: lane.y + 33 }, lane.note),
      );
      (lane.watchers ?? []).forEach((producer, row) =>
        parts.push(
          svg(
            'text',
            { class: 'lane-note', x: 10, y: lane.y + 54 + row * 16 },
            `as ${short(lane.run.producers[producer], 18)} sees it`,
          ),
        ),
      );
    }
    this.fixed.replaceChildren(...parts);
  }

  /** All sends of all time, small, with the view as a frame. */
  drawOverview() {
    const [from, to] = this.extent;
    const x = (t) => LEFT + ((t - from) / (to - from)) * this.inner;
    const columns = new Columns(LEFT, this.inner);
    for (const lane of this.lanes) {
      if (!(lane instanceof ProducerLane)) continue;
      for (const i of lane.visible) {
        for (let k = lane.run.first[i]; k < lane.run.first[i + 1]; k += 1)
          columns.add(x(lane.run.tryStart[k]), lane.run.tryKind[k]);
        if (lane.run.failed[i]) columns.add(x(lane.run.end[i]), lane.run.kind[i]);
      }
    }
    const drawing = svg('g');
    columns.draw(drawing, OVERVIEW - 2, OVERVIEW - 6);
    this.frame = svg('rect', { class: 'view', y: 1, height: OVERVIEW - 2 });
    this.overview.replaceChildren(
      svg('rect', { x: LEFT, y: 0, width: this.inner, height: OVERVIEW, fill: 'var(--panel)' }),
      drawing,
      this.frame,
      svg('text', { class: 'lane-note', x: 10, y: 17 }, 'overview'),
    );
    this.overviewTime = (px) => from + ((px - LEFT) / this.inner) * (to - from);
    this.overviewX = x;
  }

  drawAxis() {
    const scale = d3
      .scaleLinear()
      .domain(this.view)
      .range([LEFT, LEFT + this.inner]);
    const ticks = scale.ticks(Math.max(3, Math.floor(this.inner / 110)));
    const span = this.view[1] - this.view[0];
    const [unit, size] = span < 2000 ? ['µs', 1] : span < 2e6 ? ['ms', 1000] : ['s', 1e6];
    const digits = Math.max(0, Math.ceil(-Math.log10(((ticks[1] ?? 1) - (ticks[0] ?? 0)) / size) - 1e-9));
    const shown = (t) =>
      `${(t / size).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
    const parts = [
      svg('rect', { x: LEFT, y: OVERVIEW, width: this.inner + RIGHT, height: AXIS, fill: 'var(--paper)' }),
      svg('text', { x: 10, y: OVERVIEW + 16 }, 'since the first step'),
    ];
    for (const t of ticks) {
      const x = scale(t);
      parts.push(
        svg('path', { class: 'gridline', d: `M${x} ${OVERVIEW + AXIS}V${this.height}` }),
        svg('line', { x1: x, x2: x, y1: OVERVIEW + AXIS - 5, y2: OVERVIEW + AXIS }),
        svg('text', { x, y: OVERVIEW + 15, 'text-anchor': x > LEFT + this.inner - 30 ? 'end' : 'middle' }, shown(t)),
      );
    }
    this.axis.replaceChildren(...parts);
  }

  /** Everything anew, one width beyond each side. */
  draw() {
    if (!this.width) return;
    const began = performance.now();
    const span = this.view[1] - this.view[0];
    this.drawn = [...this.view];
    const drawnFrom = this.view[0];
    const view = {
      from: this.view[0] - span,
      to: this.view[1] + span,
      shown: this.view[0],
      last: this.extent[1],
      x: (t) => LEFT + ((t - drawnFrom) / span) * this.inner,
      t: (x) => drawnFrom + ((x - LEFT) / this.inner) * span,
    };
    this.drawnView = view;
    const parent = svg('g');
    for (const lane of this.lanes) lane.draw(parent, view);
    for (const mark of this.marks) this.drawMark(parent, view, mark);
    this.moving.replaceChildren(parent);
    this.drawChosen();
    this.place();
    this.frames.push(performance.now() - began);
    if (this.frames.length > 2000) this.frames.shift();
    this.picture.setAttribute('data-drawn', this.frames.length);
  }

  drawMark(parent, view, { run, at, words }) {
    const group = this.groups.find((one) => one.run === run);
    if (!group || at < view.from || at > view.to) return;
    const x = view.x(at);
    const left = x > LEFT + this.inner * 0.6;
    parent.append(
      svg('path', { class: 'differs-line', 'data-at': at, d: `M${x} ${group.y + 4}V${group.bottom}` }),
      svg(
        'text',
        { class: 'differs-text', x: left ? x - 6 : x + 6, y: group.y + 17, 'text-anchor': left ? 'end' : 'start' },
        words,
      ),
    );
  }

  /** The frame about the chosen send, and lines to the servers that its attempts went to. */
  drawChosen() {
    this.frameOfChosen?.remove();
    this.frameOfChosen = null;
    if (!this.chosen) return;
    const [run, i] = this.chosen;
    const lane = this.lanes.find(
      (one) => one instanceof ProducerLane && one.run === run && one.producer === run.producer[i],
    );
    if (!lane) return;
    const view = this.drawnView;
    const [x, y, width, height] = lane.places?.get(i) ?? [
      view.x(run.start[i]) - 2,
      lane.y + 2,
      Math.max(4, view.x(run.end[i]) - view.x(run.start[i]) + 4),
      lane.height - 4,
    ];
    const g = svg(
      'g',
      {},
      svg('rect', { class: 'chosen-frame', x: x - 2, y: y - 2, width: width + 4, height: height + 4, rx: 4 }),
    );
    for (let k = run.first[i]; k < run.first[i + 1]; k += 1) {
      const server = this.lanes.find(
        (one) => one instanceof ServerLane && one.run === run && one.name === run.text(run.tryBroker[k]),
      );
      if (!server) continue;
      const from = view.x(run.tryStart[k]);
      g.append(svg('path', { class: 'link', d: `M${from} ${y + height + 2}V${server.y + 14}m-3 -5l3 5l3 -5` }));
    }
    this.frameOfChosen = g;
    this.moving.append(g);
  }

  /** Moves what is drawn to where the view is, and draws anew where it ends. */
  place() {
    const span = this.view[1] - this.view[0];
    const dx = ((this.drawn[0] - this.view[0]) / span) * this.inner;
    this.moving.setAttribute('transform', `translate(${dx} 0)`);
    this.drawAxis();
    const left = Math.max(LEFT, this.overviewX(this.view[0]));
    this.frame.setAttribute('x', left);
    this.frame.setAttribute('width', Math.max(3, Math.min(LEFT + this.inner, this.overviewX(this.view[1])) - left));
  }

  /** To be shown with the next frame. */
  show(from, to) {
    const [first, last] = this.extent;
    const span = Math.min(Math.max(to - from, 20), last - first);
    const begin = Math.min(Math.max(from, first), last - span);
    const zoomed = Math.abs(span - (this.view[1] - this.view[0])) > 1e-9 * span;
    this.view = [begin, begin + span];
    const beyond = !this.drawn || Math.abs(this.drawn[0] - begin) > 0.9 * span;
    this.stale = this.stale || zoomed || beyond;
    if (this.waiting || !this.width) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.stale) {
        this.stale = false;
        this.draw();
      } else {
        this.place();
      }
    });
  }

  pan(part) {
    const by = part * (this.view[1] - this.view[0]);
    this.show(this.view[0] + by, this.view[1] + by);
  }

  zoom(factor, about = (this.view[0] + this.view[1]) / 2) {
    this.show(about - (about - this.view[0]) * factor, about + (this.view[1] - about) * factor);
  }

  fit() {
    this.show(...this.extent);
  }

  filter(keeps) {
    for (const lane of this.lanes) lane.filter((i) => keeps(lane.run, i));
    if (!this.width) return;
    this.drawOverview();
    this.draw();
  }

  /** Frames a send, and comes to where it is. */
  mark(run, i) {
    this.chosen = i === null ? null : [run, i];
    if (i !== null) {
      const took = Math.max(run.end[i] - run.start[i], 10);
      const inside = run.start[i] >= this.view[0] && run.end[i] <= this.view[1];
      if (!inside) {
        const span = Math.max(this.view[1] - this.view[0], took * 1.5);
        const middle = (run.start[i] + run.end[i]) / 2;
        this.show(middle - span / 2, middle + span / 2);
      }
    }
    if (this.width) this.drawChosen();
  }

  laneAt(y) {
    return this.lanes.find((lane) => y >= lane.y && y < lane.y + lane.height);
  }

  /** Of an event: a place in the picture, and what is there. */
  look(event) {
    const box = this.picture.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const lane = this.laneAt(y);
    const shift = ((this.drawn[0] - this.view[0]) / (this.view[1] - this.view[0])) * this.inner;
    const found = lane && x >= LEFT ? lane.look(this.drawnView, x - shift, event.target, y) : null;
    return { x, y, lane, found };
  }

  listen() {
    const { picture } = this;
    let drag = null;
    picture.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      const { x, y } = this.look(event);
      const inOverview = y < OVERVIEW;
      drag = { x, y, view: [...this.view], inOverview, moved: false, from: this.overviewTime(x) };
      picture.setPointerCapture(event.pointerId);
    });
    picture.addEventListener('pointermove', (event) => {
      const { x, found } = this.look(event);
      if (!drag) {
        if (found) tip.show(found.text, event.clientX, event.clientY);
        else tip.hide();
        return;
      }
      if (Math.abs(x - drag.x) < 3 && !drag.moved) return;
      drag.moved = true;
      tip.hide();
      picture.classList.add('dragged');
      if (drag.inOverview) {
        const to = this.overviewTime(x);
        this.show(Math.min(drag.from, to), Math.max(drag.from, to));
      } else {
        const by = ((drag.x - x) / this.inner) * (drag.view[1] - drag.view[0]);
        this.show(drag.view[0] + by, drag.view[1] + by);
      }
    });
    const end = (event) => {
      if (!drag) return;
      const { moved, inOverview, from } = drag;
      drag = null;
      picture.classList.remove('dragged');
      if (moved || event.type === 'pointercancel') return;
      if (inOverview) {
        const half = (this.view[1] - this.view[0]) / 2;
        this.show(from - half, from + half);
        return;
      }
      // The pointer was captured, so the event's own target says nothing.
      const under = document.elementFromPoint(event.clientX, event.clientY) ?? picture;
      const { lane, found } = this.look({ clientX: event.clientX, clientY: event.clientY, target: under });
      if (found?.send !== undefined) this.choose(lane.run, found.send);
      else if (found?.zoom !== undefined) this.zoom(0.2, found.zoom);
    };
    picture.addEventListener('pointerup', end);
    picture.addEventListener('pointercancel', end);
    picture.addEventListener('pointerleave', () => tip.hide());
    picture.addEventListener('dblclick', (event) => this.zoom(0.4, this.t(this.look(event).x)));
    picture.addEventListener(
      'wheel',
      (event) => {
        if (event.ctrlKey || event.metaKey) {
          this.zoom(Math.exp(event.deltaY * 0.002), this.t(this.look(event).x));
        } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
          this.pan((event.deltaX || event.deltaY) / this.inner);
        } else {
          return;
        }
        event.preventDefault();
      },
      { passive: false },
    );
    this.host.addEventListener('keydown', (event) => this.key(event));
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const actions = {
      ArrowLeft: () => this.pan(-0.2),
      ArrowRight: () => this.pan(0.2),
      '+': () => this.zoom(0.6),
      '=': () => this.zoom(0.6),
      '-': () => this.zoom(1 / 0.6),
      0: () => this.fit(),
      Home: () => this.fit(),
      n: () => this.step(1),
      p: () => this.step(-1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** The next of the sends that are shown, in the order of their numbers. */
  step(by) {
    const [run, at] = this.chosen ?? [this.runs[0], by > 0 ? -1 : this.runs[0].size];
    const shown = new Set(
      this.lanes
        .filter((lane) => lane instanceof ProducerLane && lane.run === run)
        .flatMap((lane) => [...lane.visible]),
    );
    for (let i = at + by; i >= 0 && i < run.size; i += by) {
      if (shown.has(i)) {
        this.choose(run, i);
        return;
      }
    }
    say(by > 0 ? 'No further send' : 'No send before');
  }
}

Timeline.made = 0;
