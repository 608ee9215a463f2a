/* A campaign of exploring: features over time, what should happen sometimes, findings with scenario, cause and picture. */

function showFinding(index, finding) {
  const picture = html('div');
  const see =
    finding.run === null
      ? null
      : html(
          'details',
          {
            ontoggle: (event) => {
              if (!event.target.open || picture.childElementCount > 0) return;
              const run = report.run(finding.run);
              const page = new RunPage([run]);
              report.page = page;
              picture.replaceChildren(timelineSection(page), run.size > 0 ? page.sends.element : '');
            },
          },
          html('summary', {}, 'Its run'),
          picture,
        );
  const { signature } = finding;
  return html(
    'figure',
    {},
    html('figcaption', {}, `${signature.invariant} in ${signature.profile}`),
    html('p', {}, finding.message),
    finding.cause.length > 0
      ? html(
          'ul',
          {},
          finding.cause.map((line) => html('li', {}, line)),
        )
      : null,
    finding.evidence.length > 0 ? html('pre', {}, finding.evidence.join('\n')) : null,
    html(
      'p',
      { class: 'quiet' },
      `${finding.path} · found after ${count(finding.afterRuns, 'run')} · ${finding.shrunk ? 'made small' : 'as it was drawn'}`,
    ),
    finding.rerun ? commandLine(finding.rerun) : null,
    finding.scenario
      ? html('details', {}, html('summary', {}, 'Its scenario'), html('pre', {}, finding.scenario))
      : null,
    see,
  );
}

function showCampaign(index) {
  const { campaign } = index;
  const { findings } = index;
  document.title = `explored: ${campaign.verdict}, ${count(findings.length, 'finding')}`;
  const reached = Object.entries(campaign.sometimes);
  const never = new Set(reached.filter(([, n]) => n === 0).map(([name]) => name));
  const curves = index.growth
    .filter((one) => one.points.length > 1)
    .map((one) => [
      curveChart(
        `Features over runs${one.name}`,
        one.points.map((p) => [p[0], p[2]]),
        'runs',
        'features',
        'A feature is a situation that no run before had been in. A curve that lies flat has seen what is drawn.',
        (n) => n.toLocaleString('en'),
      ),
      curveChart(
        `Features over time${one.name}`,
        one.points.map((p) => [p[1] * 1e6, p[2]]),
        'work',
        'features',
        '',
        time,
      ),
    ]);
  document.getElementById('main').replaceChildren(
    html(
      'section',
      { 'aria-label': 'Summary' },
      html(
        'div',
        { class: 'verdict' },
        html(
          'span',
          { class: `badge ${findings.length > 0 || campaign.errors ? 'failed' : 'passed'}` },
          campaign.verdict,
        ),
        html('h1', {}, 'Exploring'),
        html('span', { class: 'quiet' }, `rmqsim ${index.version}`),
      ),
      html(
        'ul',
        { class: 'tiles' },
        tile('trials', campaign.trials.toLocaleString('en')),
        tile('runs', campaign.runs.toLocaleString('en')),
        tile('runs a second', campaign.runsPerSecond.toLocaleString('en')),
        tile('features', campaign.features.toLocaleString('en')),
        tile('last new one after runs', campaign.lastNewFeatureAfterRuns.toLocaleString('en')),
        tile('findings', findings.length.toLocaleString('en'), findings.length > 0),
      ),
      commandLine(index.rerun),
      campaign.interrupted ? html('p', {}, campaign.interrupted) : null,
      (campaign.errors ?? []).map((words) => html('p', {}, html('strong', {}, words))),
    ),
    html(
      'section',
      { 'aria-labelledby': 'h-findings' },
      html('h2', { id: 'h-findings' }, 'Findings'),
      findings.length === 0
        ? html('p', {}, 'Nothing was found.')
        : findings.map((finding) => showFinding(index, finding)),
      campaign.deviations.map((one) =>
        html(
          'figure',
          {},
          html('figcaption', {}, `Not deterministic in ${one.profile}`),
          html('pre', {}, one.difference),
        ),
      ),
    ),
    curves.length === 0
      ? ''
      : html(
          'section',
          { 'aria-labelledby': 'h-course' },
          html('h2', { id: 'h-course' }, 'What was new'),
          html('div', { class: 'charts' }, curves),
        ),
    html(
      'section',
      { 'aria-labelledby': 'h-sometimes' },
      html('h2', { id: 'h-sometimes' }, 'What should happen sometimes'),
      html('p', {}, never.size === 0 ? 'All of it did.' : `${never.size} of ${reached.length} never did.`),
      table(
        ['reached', 'trials', 'what'],
        reached
          .sort((a, b) => a[1] - b[1])
          .map(([name, n]) => [
            html('span', { class: n === 0 ? 'broken' : 'holds' }, n === 0 ? '✘ never' : '✔ did'),
            n,
            name,
          ]),
        'What should happen sometimes',
      ),
    ),
  );
}
