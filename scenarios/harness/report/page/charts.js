/* Charts below the timeline, drawn with d3's scales and axes. Each has its numbers as a table as well. */

const CHART = { width: 560, height: 220, left: 54, right: 14, top: 18, bottom: 34 };

function chart(title, note, picture, rows, names) {
  return html(
    'figure',
    { class: 'chart' },
    html('figcaption', {}, title),
    picture,
    note ? html('p', { class: 'quiet' }, note) : null,
    html('details', {}, html('summary', {}, 'as a table'), table(names, rows, title)),
  );
}

function frame(label) {
  return svg('svg', { viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: 'img', 'aria-label': label });
}

function axes(picture, x, y, { xTicks, yTicks = 4, format } = {}) {
  const bottom = d3.axisBottom(x).ticks(xTicks ?? 6);
  if (format) bottom.tickFormat(format);
  d3.select(picture)
    .append('g')
    .attr('transform', `translate(0 ${CHART.height - CHART.bottom})`)
    .call(bottom);
  d3.select(picture)
    .append('g')
    .attr('transform', `translate(${CHART.left} 0)`)
    .call(
      d3
        .axisLeft(y)
        .ticks(yTicks)
        .tickFormat((n) => (Number.isInteger(n) ? n.toLocaleString('en') : '')),
    );
}

/** The smallest value that `part` of the sorted ones do not exceed. */
function percentile(sorted, part) {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
}

const PERCENTILES = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p99.9', 0.999],
  ['max', 1],
];

/** Sends that ended, by how long they took: sorted, all and those that failed. */
function latencies(run) {
  if (run.latencies) return run.latencies;
  const ended = [[], []];
  for (let i = 0; i < run.size; i += 1) if (run.took[i] >= 0) ended[run.failed[i]].push(run.took[i]);
  const [succeeded, failed] = ended.map((list) => Float64Array.from(list).sort());
  run.latencies = { succeeded, failed };
  return run.latencies;
}

function percentilesOf(sorted) {
  return sorted.length === 0 ? [] : PERCENTILES.map(([name, part]) => [name, percentile(sorted, part)]);
}

/** Names of equal values together. */
function together(marks) {
  const values = [...new Set(marks.map(([, t]) => t))];
  return values.map((value) => [
    marks
      .filter(([, t]) => t === value)
      .map(([name]) => name)
      .join(', '),
    value,
  ]);
}

/** Bars of a histogram with a logarithmic axis: `series` is [kind, [[from, to, count], …]]. */
function histogram(title, bins, marks, note) {
  const picture = frame(title);
  const { width, height, left, right, top, bottom } = CHART;
  const positive = bins.filter((bin) => bin.to > 0);
  const x = d3
    .scaleLog()
    .domain([positive[0]?.from || 1, positive[positive.length - 1]?.to || 10])
    .range([left, width - right]);
  const y = d3
    .scaleLinear()
    .domain([0, d3.max(bins, (bin) => d3.sum(bin.counts, (one) => one[1])) || 1])
    .nice()
    .range([height - bottom, top]);
  axes(picture, x, y, {
    xTicks: 5,
    format: (t) => (Number.isInteger(Math.round(Math.log10(t) * 1e6) / 1e6) ? time(t) : ''),
  });
  for (const bin of positive) {
    let base = 0;
    for (const [kind, n] of bin.counts) {
      if (n === 0) continue;
      const bar = svg(
        'rect',
        {
          x: x(bin.from),
          width: Math.max(1, x(bin.to) - x(bin.from) - 1),
          y: y(base + n),
          height: y(base) - y(base + n),
          fill: paint(kind),
          'data-count': n,
        },
        svg('title', {}, `${time(bin.from)} to ${time(bin.to)}: ${n.toLocaleString('en')}`),
      );
      picture.append(bar);
      base += n;
    }
  }
  together(marks)
    .filter(([, t]) => t > 0)
    .forEach(([name, t], i) => {
      picture.append(svg('path', { class: 'mark', d: `M${x(t)} ${top + 4 + i * 12}V${height - bottom}` }));
      const end = x(t) > width - 120;
      picture.append(
        svg(
          'text',
          { class: 'mark-text', x: x(t) + (end ? -4 : 4), y: top + 8 + i * 12, 'text-anchor': end ? 'end' : 'start' },
          `${name} ${time(t)}`,
        ),
      );
    });
  const rows = positive.map((bin) => [`${time(bin.from)} to ${time(bin.to)}`, ...bin.counts.map((one) => one[1])]);
  return chart(
    title,
    note,
    picture,
    [...marks.map(([name, t]) => [name, time(t), '']), ...rows],
    ['time', 'ended well', 'ended in an exception'],
  );
}

function latencyChart(run) {
  const { succeeded, failed } = latencies(run);
  const marks = percentilesOf(succeeded);
  const ends = [succeeded, failed].filter((sorted) => sorted.length > 0);
  if (ends.length === 0) return null;
  const least = Math.log10(Math.max(1, Math.min(...ends.map((sorted) => sorted[0]))));
  const most = Math.log10(Math.max(1, ...ends.map((sorted) => sorted[sorted.length - 1])));
  const step = Math.max(0.05, (most - least) / 40);
  const edges = d3.range(Math.floor(least / step), Math.floor(most / step) + 2).map((k) => 10 ** (k * step));
  const bins = edges.slice(0, -1).map((from, k) => ({
    from,
    to: edges[k + 1],
    counts: [
      ['ok', 0],
      ['other', 0],
    ],
  }));
  const place = (t) =>
    Math.max(
      0,
      Math.min(bins.length - 1, Math.floor(Math.log10(Math.max(1, t)) / step + 1e-9) - Math.floor(least / step)),
    );
  for (const t of succeeded) bins[place(t)].counts[0][1] += 1;
  for (const t of failed) bins[place(t)].counts[1][1] += 1;
  return histogram(
    'How long sends took',
    bins,
    marks,
    'Percentiles are of sends that ended well, retries included. The axis is logarithmic.',
  );
}

/** How sends ended, over time. */
function outcomeChart(run) {
  const ended = [];
  for (let i = 0; i < run.size; i += 1) ended.push(i);
  const [, last] = run.extent();
  const bins = 60;
  const words = [...new Set(ended.map((i) => run.outcome[i]))].map((word) => ({
    word: run.text(word),
    index: word,
    kind: KINDS[run.kinds[word]].key,
    counts: new Uint32Array(bins),
  }));
  const of = new Map(words.map((word) => [word.index, word]));
  for (const i of ended) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((run.end[i] / last) * bins)));
    of.get(run.outcome[i]).counts[bin] += 1;
  }
  const picture = frame('How sends ended, over time');
  const { width, height, left, right, top, bottom } = CHART;
  const x = d3
    .scaleLinear()
    .domain([0, last])
    .range([left, width - right]);
  const most = d3.max(d3.range(bins), (b) => d3.sum(words, (word) => word.counts[b]));
  const y = d3
    .scaleLinear()
    .domain([0, most || 1])
    .nice()
    .range([height - bottom, top]);
  axes(picture, x, y, { format: time });
  for (let b = 0; b < bins; b += 1) {
    let base = 0;
    for (const word of words) {
      const n = word.counts[b];
      if (n === 0) continue;
      picture.append(
        svg(
          'rect',
          {
            x: x((b / bins) * last),
            width: (width - left - right) / bins - 0.5,
            y: y(base + n),
            height: y(base) - y(base + n),
            fill: paint(word.kind),
            'data-outcome': word.word,
            'data-count': n,
          },
          svg('title', {}, `${time((b / bins) * last)}: ${n.toLocaleString('en')} ${word.word}`),
        ),
      );
      base += n;
    }
  }
  const rows = words.map((word) => [
    word.word,
    d3.sum(word.counts),
    time((d3.range(bins).find((b) => word.counts[b] > 0) / bins) * last),
  ]);
  return chart('How sends ended, over time', `Each column is ${time(last / bins)}.`, picture, rows, [
    'outcome',
    'sends',
    'first, about',
  ]);
}

/** Bars to the right: `bars` is [{ name, parts: [{ word, kind, n }] }]. */
function barChart(title, bars, names, note) {
  const picture = frame(title);
  const { width, right } = CHART;
  const left = 120;
  const row = Math.min(34, Math.max(16, 180 / Math.max(1, bars.length)));
  const height = bars.length * row + 40;
  picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const total = (bar) => d3.sum(bar.parts, (part) => part.n);
  const x = d3
    .scaleLinear()
    .domain([0, d3.max(bars, total) || 1])
    .range([left, width - right - 60]);
  const y = d3
    .scaleBand()
    .domain(d3.range(bars.length))
    .range([4, bars.length * row])
    .padding(0.25);
  d3.select(picture)
    .append('g')
    .attr('transform', `translate(0 ${height - 32})`)
    .call(
      d3
        .axisBottom(x)
        .ticks(5)
        .tickFormat((n) => (Number.isInteger(n) ? n.toLocaleString('en') : '')),
    );
  bars.forEach((bar, i) => {
    picture.append(
      svg(
        'text',
        { class: 'value', x: left - 8, y: y(i) + y.bandwidth() / 2 + 4, 'text-anchor': 'end' },
        short(bar.name, 15),
      ),
    );
    let base = 0;
    for (const { word, kind, n } of bar.parts) {
      picture.append(
        svg(
          'rect',
          {
            x: x(base),
            y: y(i),
            width: Math.max(2, x(base + n) - x(base)),
            height: y.bandwidth(),
            fill: paint(kind),
            'data-bar': bar.name,
            'data-word': word,
            'data-count': n,
          },
          svg('title', {}, `${bar.name} ${word}: ${n.toLocaleString('en')}`),
        ),
      );
      base += n;
    }
    picture.append(
      svg('text', { class: 'value', x: x(base) + 6, y: y(i) + y.bandwidth() / 2 + 4 }, total(bar).toLocaleString('en')),
    );
  });
  const rows = bars.flatMap((bar) => bar.parts.map((part) => [short(bar.name), part.word, part.n]));
  return chart(title, note, picture, rows, names);
}

function brokerChart(run) {
  const bars = new Map();
  for (let k = 0; k < run.attempts; k += 1) {
    const name = run.text(run.tryBroker[k]);
    if (!bars.has(name)) bars.set(name, new Map());
    const parts = bars.get(name);
    parts.set(run.tryOutcome[k], (parts.get(run.tryOutcome[k]) ?? 0) + 1);
  }
  const list = [...bars]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, parts]) => ({
      name,
      parts: [...parts]
        .map(([word, n]) => ({ word: run.text(word), kind: KINDS[run.kinds[word]].key, n }))
        .sort((a, b) => kindOf(a.word) - kindOf(b.word)),
    }));
  return list.length === 0 ? null : barChart('Attempts per broker', list, ['broker', 'outcome', 'attempts'], '');
}

/** A curve of values that only grow: `points` is [[x, y], …]. */
function curveChart(title, points, xName, yName, note, format) {
  const picture = frame(title);
  const { width, height, left, right, top, bottom } = CHART;
  const x = d3
    .scaleLinear()
    .domain([0, d3.max(points, (point) => point[0]) || 1])
    .range([left, width - right]);
  const y = d3
    .scaleLinear()
    .domain([0, d3.max(points, (point) => point[1]) || 1])
    .nice()
    .range([height - bottom, top]);
  axes(picture, x, y, { format });
  picture.append(
    svg('path', {
      class: 'curve',
      d: d3
        .line()
        .curve(d3.curveStepAfter)
        .x((p) => x(p[0]))
        .y((p) => y(p[1]))(points),
    }),
  );
  const some = points.filter((_, i) => i % Math.ceil(points.length / 200) === 0 || i === points.length - 1);
  return chart(
    title,
    note,
    picture,
    some.map(([a, b]) => [format ? format(a) : a, b]),
    [xName, yName],
  );
}
