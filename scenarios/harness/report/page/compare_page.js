/* Profiles side by side: figures of all scenarios, and of one scenario the timelines on one axis. */

const FIGURES = [
  ['sends', (f) => f.sends],
  ['success rate', (f) => (f.successRate === null ? '–' : `${f.successRate.toFixed(1)} %`)],
  ['time to success, mean', (f) => (f.meanMs === null ? '–' : time(f.meanMs * 1000))],
  ['time to success, p99', (f) => (f.p99Ms === null ? '–' : time(f.p99Ms * 1000))],
  ['attempts per message', (f) => (f.attemptsPerMessage === null ? '–' : f.attemptsPerMessage.toFixed(2))],
  ['duplicates', (f) => f.duplicates],
  ['messages lost', (f) => f.messagesLost],
  ['acknowledgements lost', (f) => f.acknowledgementsLost],
  ['broken invariants', (f) => f.brokenInvariants.length],
  ['other failures', (f) => f.otherFailures.length],
];

function figuresTable(profiles, caption) {
  return table(
    ['figure', ...profiles.map((f) => f.profile)],
    FIGURES.map(([name, cell]) => [name, ...profiles.map(cell)]),
    caption,
  );
}

function failureList(profiles, title, list) {
  const failures = profiles.flatMap((f) => list(f).map((words) => `${f.profile}: ${words}`));
  return failures.length === 0
    ? null
    : html(
        'section',
        { class: 'failures' },
        html('h2', {}, title),
        html(
          'ol',
          {},
          failures.slice(0, 200).map((words) => html('li', {}, words)),
        ),
      );
}

const failureLists = (profiles) =>
  [
    failureList(profiles, 'Broken invariants', (f) => f.brokenInvariants),
    failureList(profiles, 'Other failures', (f) => f.otherFailures),
  ].filter(Boolean);

function showComparison(index) {
  document.title = `${count(index.scenarios.length, 'scenario')} in every profile`;
  const rows = index.scenarios.map((one, i) => [
    one.runs.length > 0 ? html('a', { href: `#scenario=${i}` }, short(one.scenario)) : short(one.scenario),
    ...one.profiles.map(
      (f) =>
        `${f.successRate === null ? '–' : `${f.successRate.toFixed(0)} %`}, ${f.attempts.toLocaleString('en')} attempts`,
    ),
    one.differs.length === 0 ? 'no difference' : html('div', { class: 'clip' }, one.differs[0].words),
  ]);
  const dropped = index.scenarios.filter((one) => one.runs.length === 0).length;
  document.getElementById('main').replaceChildren(
    html(
      'section',
      { 'aria-label': 'Summary' },
      html('h1', {}, `${count(index.scenarios.length, 'scenario')} in every profile`),
      html('p', { class: 'quiet' }, 'In virtual time. Invariants are checked, what scenarios expect is left aside.'),
      commandLine(index.rerun),
      figuresTable(index.profiles, 'Figures of all scenarios'),
    ),
    ...failureLists(index.profiles),
    html(
      'section',
      { 'aria-labelledby': 'h-scenarios' },
      html('h2', { id: 'h-scenarios' }, 'Scenarios'),
      dropped > 0
        ? html(
            'p',
            {},
            `So that this file stays small, ${count(dropped, 'scenario')} stand here without their timelines.`,
          )
        : null,
      table(['scenario', ...index.profiles.map((f) => f.profile), 'first decision that differs'], rows, 'Scenarios'),
    ),
    index.leftOut.length === 0
      ? ''
      : html(
          'section',
          {},
          html('h2', {}, 'Left out'),
          table(
            ['scenario', 'why'],
            index.leftOut.map((one) => [short(one.scenario), one.reason]),
            'Left out',
          ),
        ),
  );
}

function showCompared(index, compared) {
  document.title = `${short(compared.scenario, 80)} in every profile`;
  const runs = compared.runs.map((i) => report.run(i));
  const of = (profile) => runs.find((run) => run.profile === profile);
  const marks = compared.differs.map((one) => ({
    run: of(one.profile),
    at: one.at,
    words: `differs here, in send #${one.send}`,
  }));
  const page = new RunPage(runs, marks);
  const differs = compared.differs.map((one) =>
    html(
      'li',
      {},
      html('strong', {}, `${one.profile} and ${one.other}`),
      ` part in send #${one.send}: `,
      html('button', { type: 'button', onclick: () => page.choose(of(one.other), one.send) }, one.other),
      ` ${one.otherWords || 'says nothing'}; `,
      html('button', { type: 'button', onclick: () => page.choose(of(one.profile), one.send) }, one.profile),
      ` ${one.ownWords || 'says nothing'}`,
    ),
  );
  document.getElementById('main').replaceChildren(
    html(
      'section',
      { 'aria-label': 'Summary' },
      html('h1', {}, short(compared.scenario, 200)),
      html('p', { class: 'clip' }, runs[0].json.why),
      html('p', { class: 'quiet' }, 'Every profile on one axis of virtual time; expectations are left aside.'),
      commandLine(compared.rerun),
    ),
    ...failureLists(compared.profiles),
    html(
      'section',
      { 'aria-labelledby': 'h-differs' },
      html('h2', { id: 'h-differs' }, 'First decision that differs'),
      differs.length === 0 ? html('p', {}, 'None: every profile decides the same.') : html('ul', {}, differs),
    ),
    timelineSection(page),
    html(
      'section',
      { 'aria-labelledby': 'h-charts' },
      html('h2', { id: 'h-charts' }, 'In numbers'),
      figuresTable(compared.profiles, 'Figures'),
      runs.map((run) => [
        html('h3', {}, run.profile),
        html(
          'div',
          { class: 'charts' },
          run.size > 0 ? [latencyChart(run), outcomeChart(run), brokerChart(run)] : null,
        ),
      ]),
    ),
    runs[0].size > 0 ? page.sends.element : '',
  );
  return page;
}
