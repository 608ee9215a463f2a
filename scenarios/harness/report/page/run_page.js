/* The page of one run: what came of it, the timeline, charts, what was judged, every send. */

const PAGE = 50;

function verdictBadge(verdict) {
  const signs = { passed: '✔', failed: '✘', error: '✘', invalid: '✘' };
  return html('span', { class: `badge ${verdict}` }, `${signs[verdict] ?? '◌'} ${verdict}`);
}

function tile(name, value, bad = false) {
  return html('li', { class: bad ? 'bad' : undefined }, html('b', {}, value), html('span', {}, name));
}

function commandLine(command) {
  const button = html('button', { class: 'no-print', type: 'button' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command);
      button.textContent = 'Copied';
      say('Copied');
    } catch {
      getSelection().selectAllChildren(button.previousSibling);
      button.textContent = 'Selected';
    }
  });
  return html(
    'div',
    { class: 'command' },
    html('span', { class: 'quiet' }, 'rerun'),
    html('code', { class: 'rerun' }, command),
    button,
  );
}

function sendButton(page, i, words = `#${i}`) {
  return html('button', { type: 'button', 'data-goto': i, onclick: () => page.choose(page.run, i) }, words);
}

function tiles(run) {
  const counts = { good: 0, failed: 0, retried: 0, oneway: 0 };
  for (let i = 0; i < run.size; i += 1) {
    if (run.failed[i]) counts.failed += 1;
    else if (run.text(run.outcome[i]) === 'SENT') counts.oneway += 1;
    else counts.good += 1;
    if (run.tries[i] > 1) counts.retried += 1;
  }
  const { succeeded } = latencies(run);
  const { totals } = run.json;
  return html(
    'ul',
    { class: 'tiles' },
    tile(run.size === 1 ? 'send' : 'sends', run.size.toLocaleString('en')),
    tile('ended well', counts.good.toLocaleString('en')),
    counts.oneway > 0 ? tile('oneway', counts.oneway.toLocaleString('en')) : null,
    tile('tried again', counts.retried.toLocaleString('en')),
    tile('exceptions', counts.failed.toLocaleString('en'), counts.failed > 0),
    totals ? tile('messages lost', totals.lost.toLocaleString('en'), totals.lost > 0) : null,
    totals ? tile('duplicates', totals.duplicates.toLocaleString('en')) : null,
    percentilesOf(succeeded)
      .filter(([name]) => ['p50', 'p99', 'max'].includes(name))
      .map(([name, t]) => tile(name, time(t))),
  );
}

function failures(page) {
  const { run } = page;
  if (run.json.failures.length === 0) return null;
  return html(
    'section',
    { class: 'failures', 'aria-labelledby': 'h-failures' },
    html('h2', { id: 'h-failures' }, 'What did not hold'),
    html(
      'ol',
      {},
      run.json.failures.map((failure) =>
        html(
          'li',
          {},
          html('strong', {}, failure.check),
          ' ',
          failure.message,
          failure.where ? html('span', { class: 'quiet' }, ` (${failure.where})`) : null,
          ' ',
          failure.sends.slice(0, 12).map((i) => [sendButton(page, i), ' ']),
          failure.evidence.length > 0
            ? html('details', {}, html('summary', {}, 'evidence'), html('pre', {}, failure.evidence.join('\n')))
            : null,
        ),
      ),
    ),
  );
}

/** Which sends are shown: by result, by kinds of attempts, by producer, by broker. */
class Filters {
  constructor(runs, changed) {
    this.runs = runs;
    this.changed = changed;
    this.result = '';
    this.producer = '';
    this.broker = '';
    this.off = new Set();
  }

  keeps(run, i) {
    if (
      this.result === 'retried'
        ? run.tries[i] < 2
        : this.result !== '' && run.text(run.outcome[i]) !== this.result.slice(1)
    )
      return false;
    if (this.producer !== '' && run.producers[run.producer[i]] !== this.producer) return false;
    let broker = this.broker === '';
    let kind = run.tries[i] === 0 && !this.off.has(run.kind[i]);
    for (let k = run.first[i]; k < run.first[i + 1]; k += 1) {
      broker = broker || run.text(run.tryBroker[k]) === this.broker;
      kind = kind || !this.off.has(run.tryKind[k]);
    }
    return broker && kind;
  }

  select(name, key, options) {
    const select = html(
      'select',
      {
        'aria-label': name,
        onchange: () => {
          this[key] = select.value;
          this.changed();
        },
      },
      html('option', { value: '' }, `${name}: all`),
      options.map(([value, words]) => html('option', { value }, short(words, 60))),
    );
    return options.length > 1 || key === 'result' ? select : null;
  }

  chips() {
    const counts = new Map();
    for (const run of this.runs) {
      for (let k = 0; k < run.attempts; k += 1) counts.set(run.tryKind[k], (counts.get(run.tryKind[k]) ?? 0) + 1);
      for (let i = 0; i < run.size; i += 1)
        if (run.tries[i] === 0) counts.set(run.kind[i], (counts.get(run.kind[i]) ?? 0) + 1);
    }
    return [...counts]
      .sort(([a], [b]) => a - b)
      .map(([kind, n]) => {
        const chip = html(
          'button',
          { type: 'button', class: 'chip', 'aria-pressed': 'true', 'data-kind': KINDS[kind].key },
          swatch(KINDS[kind].key),
          `${KINDS[kind].name} ${KINDS[kind].sign ? `(${KINDS[kind].sign}) ` : ''}${n.toLocaleString('en')}`,
        );
        chip.addEventListener('click', () => {
          const on = this.off.has(kind);
          if (on) this.off.delete(kind);
          else this.off.add(kind);
          chip.setAttribute('aria-pressed', String(on));
          this.changed();
        });
        return chip;
      });
  }

  element() {
    const all = (of) => [...new Set(this.runs.flatMap(of))].sort();
    const results = all((run) => [...new Set(run.outcome)].map((word) => run.text(word)));
    const names = (list) => list.map((name) => [name, name]);
    return html(
      'div',
      { class: 'bar', role: 'group', 'aria-label': 'What is shown' },
      html('span', { class: 'quiet' }, 'attempts'),
      this.chips(),
      html(
        'span',
        { class: 'bar no-print' },
        html('span', { class: 'quiet' }, 'sends'),
        this.select('result', 'result', [...results.map((word) => [`=${word}`, word]), ['retried', 'tried again']]),
        this.select('producer', 'producer', names(all((run) => run.producers))),
        this.select('broker', 'broker', names(all((run) => [...new Set(run.tryBroker)].map((word) => run.text(word))))),
      ),
    );
  }
}

function legend(runs) {
  const any = (test) => runs.some(test);
  const entry = (name, words) => html('span', { class: 'chip' }, swatch(name), words);
  const kinds = new Set(runs.flatMap((run) => run.servers.flatMap((server) => server.bands.map((band) => band.kind))));
  return html(
    'div',
    { class: 'bar quiet' },
    kinds.has('crashed') ? entry('crash', 'server is gone') : null,
    kinds.has('paused') || kinds.has('partitioned') ? entry('pause', 'server is paused or cut off') : null,
    any((run) => run.json.isolation.length > 0) ? entry('isolation', 'isolated, as a producer sees it') : null,
    any((run) => run.json.acts.length > 0)
      ? html('span', { class: 'chip' }, '▼ a rule acted, in the dashed band')
      : null,
    any((run) => run.json.flags.some((flag) => flag.kind === 'route'))
      ? html('span', { class: 'chip' }, '◆ a client heard another route')
      : null,
  );
}

function timelineSection(page) {
  const { timeline, filters } = page;
  const button = (words, label, action) =>
    html('button', { type: 'button', 'aria-label': label, title: label, onclick: action }, words);
  return html(
    'section',
    { 'aria-labelledby': 'h-timeline' },
    html(
      'div',
      { class: 'bar' },
      html('h2', { id: 'h-timeline' }, 'Timeline'),
      html('span', { class: 'gap' }),
      html(
        'span',
        { class: 'bar no-print' },
        button('◀', 'Earlier', () => timeline.pan(-0.5)),
        button('▶', 'Later', () => timeline.pan(0.5)),
        button('+', 'Come nearer', () => timeline.zoom(0.5)),
        button('−', 'Go back', () => timeline.zoom(2)),
        button('Fit', 'Fit everything into the view', () => timeline.fit()),
      ),
    ),
    filters.element(),
    timeline.host,
    legend(page.runs),
    html(
      'p',
      { id: 'keys', class: 'quiet no-print' },
      'Drag to move, Ctrl and the wheel to come nearer, or drag a stretch in the overview; click a send for its story. Keys: arrows, + and −, ' +
        '0 for everything, n and p for the next and the previous send. Where sends lie too close to be told apart, a column ' +
        `of ${COLUMN} pixels counts the attempts that begin in it; a kind that occurs is at least two pixels high. A bar is at least five pixels wide.`,
    ),
  );
}

function judged(page) {
  const { run } = page;
  const words = {
    holds: ['✔ holds', 'holds'],
    broken: ['✘ broken', 'broken'],
    unjudged: ['– not judged', 'unjudged'],
    off: ['– switched off', 'unjudged'],
  };
  const verdict = (name) => html('span', { class: words[name][1] }, words[name][0]);
  const section = (title, entries, empty) =>
    html(
      'figure',
      {},
      html('figcaption', {}, `${title} (${entries.length})`),
      entries.length === 0
        ? html('p', {}, empty)
        : table(
            ['verdict', 'what', 'place'],
            entries.map((entry) => [verdict(entry.verdict), entry.words, entry.where ?? '']),
            title,
          ),
    );
  return html(
    'section',
    { 'aria-labelledby': 'h-judged' },
    html('h2', { id: 'h-judged' }, 'What was judged'),
    html(
      'div',
      { class: 'charts' },
      section('Expectations', run.json.expectations, 'Nothing was expected; invariants are checked in every run.'),
      section('Invariants', run.json.invariants, 'None was checked.'),
    ),
    run.json.rules.length === 0
      ? null
      : html(
          'figure',
          {},
          html('figcaption', {}, 'Rules'),
          table(
            ['rule', 'matched', 'acted', 'what it does'],
            run.json.rules.map((rule) => [short(rule.id), rule.matched, rule.acted, short(rule.words, 400)]),
            'Rules',
          ),
        ),
    run.json.notes.length === 0
      ? null
      : html(
          'ul',
          {},
          run.json.notes.map((note) => html('li', {}, note)),
        ),
  );
}

/** Every send that the filters keep, page by page. */
class SendsTable {
  constructor(page) {
    this.page = page;
    this.at = 0;
    this.body = html('div');
    this.shown = [];
    this.element = html('section', { 'aria-labelledby': 'h-sends' }, html('h2', { id: 'h-sends' }, 'Sends'), this.body);
  }

  filter() {
    const { run, filters } = this.page;
    this.shown = [];
    for (let i = 0; i < run.size; i += 1) if (filters.keeps(run, i)) this.shown.push(i);
    this.show(0);
  }

  show(at) {
    const { run } = this.page;
    const last = Math.max(0, Math.ceil(this.shown.length / PAGE) - 1);
    this.at = Math.max(0, Math.min(at, last));
    const sends = this.shown.slice(this.at * PAGE, (this.at + 1) * PAGE);
    const row = (i) => {
      const attempts = [];
      for (let k = run.first[i]; k < run.first[i + 1] && attempts.length < 8; k += 1) {
        attempts.push(
          `${short(run.text(run.tryBroker[k]), 40)}/${run.tryQueue[k]} ${run.text(run.tryOutcome[k])} ${time(run.tryTook[k])}`,
        );
      }
      if (run.tries[i] > 8) attempts.push(`and ${run.tries[i] - 8} more`);
      return [
        sendButton(this.page, i),
        run.began(i) ? time(run.start[i]) : '–',
        attempts.join(' → '),
        run.text(run.outcome[i]),
        run.took[i] < 0 ? '–' : time(run.took[i]),
      ];
    };
    const go = (words, to, label) =>
      html(
        'button',
        {
          type: 'button',
          'aria-label': label,
          disabled: to < 0 || to > last,
          onclick: () => this.show(to),
        },
        words,
      );
    const number = html('input', {
      type: 'number',
      min: 0,
      max: run.size - 1,
      'aria-label': 'Number of a send',
      placeholder: 'number',
    });
    this.body.replaceChildren(
      html(
        'div',
        { class: 'pager no-print' },
        go('◀', this.at - 1, 'Page before'),
        html(
          'span',
          {},
          this.shown.length === 0
            ? 'none'
            : `${(this.at * PAGE + 1).toLocaleString('en')} to ${(this.at * PAGE + sends.length).toLocaleString('en')} of ${count(this.shown.length, 'send')}`,
        ),
        go('▶', this.at + 1, 'Next page'),
        html(
          'form',
          {
            onsubmit: (event) => {
              event.preventDefault();
              const i = Number(number.value);
              if (number.value !== '' && Number.isInteger(i) && i >= 0 && i < run.size) this.page.choose(run, i);
            },
          },
          number,
          ' ',
          html('button', { type: 'submit' }, 'Go to send'),
        ),
      ),
      table(['send', 'at', 'attempts', 'result', 'took'], sends.map(row), 'Sends'),
    );
  }
}

/** Runs on one axis with what belongs to them; of several, `run` is the one that was chosen last. */
class RunPage {
  constructor(runs, marks = []) {
    this.runs = runs;
    [this.run] = runs;
    this.filters = new Filters(runs, () => this.refilter());
    this.timeline = new Timeline(runs, { choose: (run, i) => this.choose(run, i), marks });
    this.sends = new SendsTable(this);
    if (this.run.size > 0) this.sends.filter();
  }

  refilter() {
    this.timeline.filter((run, i) => this.filters.keeps(run, i));
    this.sends.filter();
    say(count(this.sends.shown.length, 'send'));
  }

  async choose(run, i) {
    if (run !== this.run) {
      this.run = run;
      this.sends.filter();
    }
    this.timeline.mark(run, i);
    const at = this.sends.shown.indexOf(i);
    if (at >= 0) this.sends.show(Math.floor(at / PAGE));
    await showDetail(this, run, i);
  }
}

function hideDetail(page) {
  const aside = document.getElementById('detail');
  aside.hidden = true;
  document.body.classList.remove('with-detail');
  page?.timeline.mark(page.run, null);
}

async function showDetail(page, run, i) {
  const aside = document.getElementById('detail');
  const row = run.row(i);
  const close = html(
    'button',
    {
      type: 'button',
      class: 'no-print',
      'aria-label': 'Close',
      onclick: () => {
        hideDetail(page);
        page.timeline.host.focus();
      },
    },
    'Close',
  );
  const words = html(
    'pre',
    { id: 'words', tabindex: '0', role: 'region', 'aria-label': `Why send ${i} went where it did` },
    '…',
  );
  const title =
    `Send #${i}${page.runs.length > 1 ? ` in ${run.profile}` : ''}: ${row.outcome}` +
    `${row.elapsedMs === null ? '' : ` after ${time(row.elapsedMs * 1000)}`}, ${count(row.attempts.length, 'attempt')}`;
  aside.replaceChildren(
    html(
      'div',
      { class: 'detail-head' },
      html('h2', {}, title),
      html('button', { type: 'button', class: 'no-print', onclick: () => page.timeline.step(-1) }, '◀ p'),
      html('button', { type: 'button', class: 'no-print', onclick: () => page.timeline.step(1) }, 'n ▶'),
      close,
    ),
    html(
      'div',
      { class: 'columns' },
      html(
        'div',
        {},
        html('h3', {}, 'Its row in the ledger'),
        html(
          'pre',
          { id: 'row', tabindex: '0', role: 'region', 'aria-label': `Ledger row of send ${i}` },
          rowText(row),
        ),
      ),
      html('div', {}, html('h3', {}, 'Why it went where it did'), words),
    ),
  );
  aside.hidden = false;
  document.body.classList.add('with-detail');
  // The send stays in sight above what is told of it.
  const { top, bottom } = page.timeline.host.getBoundingClientRect();
  if (top < 0 || Math.min(bottom, top + 300) > aside.getBoundingClientRect().top)
    page.timeline.host.scrollIntoView({ block: 'start' });
  say(title);
  let text = null;
  try {
    text = await run.explained(i);
  } catch {
    text = null; // a browser that cannot unpack it
  }
  const elsewhere = run.json.explain
    ? `The words are not in this file, which keeps them for ${run.json.words?.kept ?? 'no send'}. They are printed by\n\n`
      + `${run.json.explain} --send ${i}`
    : 'Decisions are kept of scenarios only.';
  words.textContent = text ?? elsewhere;
}

/** JSON with one line for each attempt, and texts of 32 KB cut. */
function rowText(row) {
  const value = (v) => JSON.stringify(v, (_, inner) => (typeof inner === 'string' ? short(inner, 2000) : inner));
  const lines = Object.entries(row).map(([key, v]) => {
    if (key !== 'attempts' || v.length === 0) return `  "${key}": ${value(v)}`;
    return `  "attempts": [\n${v.map((one) => `    ${value(one)}`).join(',\n')}]`;
  });
  return `{\n${lines.join(',\n')}\n}`;
}

function runHead(run, version) {
  const { json } = run;
  return [
    html(
      'div',
      { class: 'verdict' },
      verdictBadge(json.verdict),
      html('h1', {}, short(json.scenario, 200)),
      html(
        'span',
        { class: 'quiet' },
        `${json.profile} · ${json.world} · seed ${json.seed} · ${time(json.endUs)} ${json.world === 'sim' ? 'of virtual time' : 'of real time'} · rmqsim ${version}`,
      ),
    ),
    html('p', { class: 'clip' }, json.why),
    json.reason ? html('p', {}, html('strong', {}, json.reason)) : null,
  ];
}

function showRun(run, version) {
  const page = new RunPage([run]);
  document.title = `${run.json.verdict}: ${short(run.name, 80)} (${run.profile})`;
  const charts = [latencyChart, outcomeChart, brokerChart].map((make) => (run.size > 0 ? make(run) : null));
  document
    .getElementById('main')
    .replaceChildren(
      html('section', { 'aria-label': 'Summary' }, runHead(run, version), tiles(run), commandLine(run.json.rerun)),
      failures(page) ?? '',
      timelineSection(page),
      run.size > 0
        ? html(
            'section',
            { 'aria-labelledby': 'h-charts' },
            html('h2', { id: 'h-charts' }, 'In numbers'),
            html('div', { class: 'charts' }, charts),
          )
        : '',
      judged(page),
      run.size > 0 ? page.sends.element : '',
    );
  return page;
}
