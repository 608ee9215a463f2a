/* The page of several runs: each with its verdict, those that did not pass first. */

function showIndex(index) {
  const { entries } = index;
  const by = new Map();
  const runsOf = (some) => some.reduce((sum, entry) => sum + (entry.runs ?? 1), 0);
  for (const entry of entries) by.set(entry.verdict, (by.get(entry.verdict) ?? 0) + runsOf([entry]));
  const runs = runsOf(entries);
  document.title = `${count(runs, 'run')}: ${[...by].map(([verdict, n]) => `${n} ${verdict}`).join(', ')}`;
  const order = { error: 0, failed: 1, invalid: 2, inconclusive: 3, refused: 4, passed: 5 };
  const sorted = [...entries].sort((a, b) => order[a.verdict] - order[b.verdict]);
  const state = { verdict: '', text: '' };
  const body = html('div');
  const name = (entry) =>
    entry.run !== null
      ? html('a', { href: `#run=${entry.run}` }, short(entry.scenario, 120))
      : short(entry.scenario, 120);
  const sends = (entry) =>
    Object.entries(entry.sends ?? {})
      .map(([word, n]) => `${n.toLocaleString('en')} ${word}`)
      .join(', ');
  const row = (entry) => [
    verdictBadge(entry.verdict),
    html(
      'div',
      {},
      name(entry),
      entry.brief ? html('div', { class: 'clip' }, entry.brief) : null,
      entry.run === null && entry.rerun ? html('div', { class: 'quiet' }, html('code', {}, entry.rerun)) : null,
    ),
    entry.profile ?? '',
    entry.world ?? '',
    (entry.seed === undefined ? '' : String(entry.seed)) +
      (entry.runs > 1 ? ` and ${count(entry.runs - 1, 'more', 'more')}` : ''),
    sends(entry),
    entry.virtualMs === undefined ? '' : time(entry.virtualMs * 1000),
  ];
  const dropped = entries.filter((entry) => entry.dropped).length;
  const show = () => {
    const shown = sorted.filter(
      (entry) =>
        (state.verdict === '' || entry.verdict === state.verdict) &&
        (entry.scenario.includes(state.text) || entry.file.includes(state.text)),
    );
    body.replaceChildren(
      html('p', { class: 'quiet' }, `${count(runsOf(shown), 'run')} shown`),
      table(
        ['verdict', 'scenario', 'profile', 'world', 'seed', 'sends', 'time'],
        shown.slice(0, 2000).map(row),
        'Runs',
      ),
      shown.length > 2000 ? html('p', {}, 'Only the first 2,000 are listed; narrow them down above.') : '',
    );
    say(`${count(runsOf(shown), 'run')} shown`);
  };
  const select = html(
    'select',
    {
      'aria-label': 'Verdict',
      onchange: () => {
        state.verdict = select.value;
        show();
      },
    },
    html('option', { value: '' }, 'verdict: all'),
    [...by].map(([verdict, n]) => html('option', { value: verdict }, `${verdict} (${n})`)),
  );
  const input = html('input', {
    type: 'search',
    'aria-label': 'Part of the name',
    placeholder: 'part of the name',
    oninput: () => {
      state.text = input.value;
      show();
    },
  });
  show();
  document.getElementById('main').replaceChildren(
    html(
      'section',
      { 'aria-label': 'Summary' },
      html('h1', {}, entries.length === 1 ? short(entries[0].scenario, 120) : 'Runs of scenarios'),
      html(
        'ul',
        { class: 'tiles' },
        tile(runs === 1 ? 'run' : 'runs', runs.toLocaleString('en')),
        [...by].map(([verdict, n]) =>
          tile(verdict, n.toLocaleString('en'), ['failed', 'error', 'invalid'].includes(verdict)),
        ),
      ),
      dropped > 0
        ? html(
            'p',
            {},
            `So that this file stays small, ${count(dropped, 'run')} stand here without their pictures; ` +
              'those that did not pass keep theirs first. The command beside such a run shows it again, with --report.',
          )
        : null,
    ),
    html('section', { 'aria-label': 'Runs' }, html('div', { class: 'bar no-print' }, select, input), body),
  );
}
