/* What the file holds decides which page is shown; the address says which run, and which send. */

const report = {
  index: JSON.parse(document.getElementById('rmqsim-index').textContent),
  runs: new Map(),
  page: null,

  run(i) {
    if (!this.runs.has(i)) {
      const entry = this.index.entries?.find((one) => one.run === i);
      this.runs.set(i, new Run(JSON.parse(document.getElementById(`rmqsim-run-${i}`).textContent), entry));
    }
    return this.runs.get(i);
  },

  /** "#run=3&send=5" */
  address() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const number = (name) => (/^\d+$/.test(parts.get(name) ?? '') ? Number(parts.get(name)) : null);
    return { run: number('run'), send: number('send'), scenario: number('scenario') };
  },

  show() {
    hideDetail(null);
    const { index } = this;
    const { run, send, scenario } = this.address();
    const top = document.getElementById('top');
    const back = (words) => html('nav', { 'aria-label': 'Report' }, html('a', { href: '#' }, words));
    top.replaceChildren();
    this.page = null;
    if (index.kind === 'compare') {
      if (scenario !== null && index.scenarios[scenario]) {
        top.append(back('◀ all scenarios'));
        this.page = showCompared(index, index.scenarios[scenario]);
      } else if (index.scenarios.length === 1 && index.scenarios[0].runs.length > 0) {
        this.page = showCompared(index, index.scenarios[0]);
      } else {
        showComparison(index);
      }
    } else if (index.kind === 'explore') {
      showCampaign(index);
    } else if (index.kind === 'send') {
      this.page = showSends(index);
    } else if (run !== null && index.entries.some((entry) => entry.run === run)) {
      if (index.entries.length > 1) top.append(back('◀ all runs'));
      this.page = showRun(this.run(run), index.version);
    } else if (index.entries.length === 1 && index.entries[0].run === 0) {
      this.page = showRun(this.run(0), index.version);
    } else {
      showIndex(index);
    }
    if (this.page && send !== null && send < this.page.run.size) this.page.choose(this.page.run, send);
    window.scrollTo(0, 0);
  },
};

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    tip.hide();
    if (report.page && !document.getElementById('detail').hidden) {
      hideDetail(report.page);
      report.page.timeline.host.focus();
    }
  }
});
window.addEventListener('hashchange', () => report.show());
document.body.prepend(svg('svg', { width: 0, height: 0, class: 'unseen', 'aria-hidden': 'true' }, patterns()));
document.getElementById('foot').append(`Made by rmqsim ${report.index.version}. This file needs no network.`);
report.show();
