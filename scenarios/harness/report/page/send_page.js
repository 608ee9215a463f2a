/* What `rmqsim send` did: figures of all sends, the timeline of those that were kept. */

function showSends(index) {
  const { sent } = index;
  const run = report.run(0);
  const page = new RunPage([run]);
  document.title = `${count(sent.sends, 'send')} to ${short(sent.topic, 60)}`;
  const latency = Object.entries(sent.latencyMs).filter(([name]) => name !== 'mean');
  document.getElementById('main').replaceChildren(
    html(
      'section',
      { 'aria-label': 'Summary' },
      html(
        'div',
        { class: 'verdict' },
        verdictBadge(sent.interrupted ? 'interrupted' : sent.failed > 0 ? 'failed' : 'passed'),
        html('h1', {}, `${count(sent.sends, 'send')} to ${short(sent.topic, 100)}`),
        html(
          'span',
          { class: 'quiet' },
          `${sent.profile} · ${sent.mode} · ${count(sent.threads, 'thread')} · ${time(sent.seconds * 1e6)} · rmqsim ${index.version}`,
        ),
      ),
      html(
        'ul',
        { class: 'tiles' },
        tile('sends', sent.sends.toLocaleString('en')),
        tile('a second', Math.round(sent.perSecond).toLocaleString('en')),
        tile('tried again', sent.retried.toLocaleString('en')),
        tile('exceptions', sent.failed.toLocaleString('en'), sent.failed > 0),
        latency.map(([name, ms]) => tile(name, time(ms * 1000))),
      ),
      commandLine(index.rerun),
      run.size < sent.sends
        ? html(
            'p',
            {},
            `The figures above are of all sends; the timeline and the charts below of the first ${run.size.toLocaleString('en')}.`,
          )
        : null,
      html(
        'p',
        { class: 'quiet' },
        'Only what the producer knows: servers are shown by the attempts that went to them.',
      ),
    ),
    timelineSection(page),
    run.size > 0
      ? html(
          'section',
          { 'aria-labelledby': 'h-charts' },
          html('h2', { id: 'h-charts' }, 'In numbers'),
          html(
            'div',
            { class: 'charts' },
            [latencyChart, outcomeChart, brokerChart].map((make) => make(run)),
          ),
        )
      : '',
    html(
      'section',
      { 'aria-labelledby': 'h-outcomes' },
      html('h2', { id: 'h-outcomes' }, 'Outcomes'),
      table(
        ['outcome', 'sends', 'example'],
        sent.outcomes.map((one) => [one.outcome, one.sends, one.example ?? '']),
        'Outcomes',
      ),
    ),
    run.size > 0 ? page.sends.element : '',
  );
  return page;
}
