// What a report shows is what the run decided: numbers and rows equal the ledger, bars and bands stand where the ledger
// says, a click tells what `explain` tells; and names are never more than names.
'use strict';

const fs = require('node:fs');
const { spawn } = require('node:child_process');
const { accessible, assert, bin, claim, folder, judge, path, rmqsim, source } = require('./browser.cjs');

const BUSY = 'scenarios/codes/code-system-busy-first-five.json';
const OUTAGE = 'scenarios/timeout/ten-minute-outage.json';
const DEAD = 'scenarios/detector/a-dead-broker-costs-a-send-whenever-its-isolation-ends.json';
const FAILOVER = 'scenarios/routing/first-nameserver-dies-while-running.json';
const PROFILE = ['--profile', 'java-5.3.3'];

fs.mkdirSync(path.join(folder, 'pages'), { recursive: true });
const file = (name) => path.join(folder, 'pages', name);

/** Runs with a report and a ledger. */
function reported(scenario, name, args = PROFILE, options = {}) {
  const page = file(`${name}.html`);
  const ledger = file(`${name}.ledger.json`);
  rmqsim(['run', scenario, ...args, '--report', page, '--ledger', ledger], options);
  return { page, ledger: fs.existsSync(ledger) ? JSON.parse(fs.readFileSync(ledger, 'utf8')) : null };
}

const tile = (page, name) =>
  page
    .locator('.tiles li', { hasText: new RegExp(`${name}$`) })
    .locator('b')
    .first()
    .textContent();
const idle = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(done));
      }),
  );
const settled = async (page) => {
  await page.waitForFunction(() => document.querySelector('.timeline > svg')?.hasAttribute('data-drawn'));
  await idle(page);
};

/** Left, right, top and bottom of what a selector finds, with its data. */
const boxes = (page, selector) =>
  page.$$eval(selector, (all) =>
    all.map((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return { left, right, top, bottom, ...one.dataset };
    }),
  );

/** Where a millisecond stands, told by the axis: of the text of two ticks. */
async function axis(page) {
  const ticks = await page.$$eval('.axis text[text-anchor="middle"]', (all) =>
    all.map((one) => {
      const { left, right } = one.getBoundingClientRect();
      return [one.textContent, (left + right) / 2];
    }),
  );
  const units = { s: 1000, ms: 1, µs: 0.001 };
  const millis = (text) => Number(text.split(' ')[0].replace(/,/g, '')) * units[text.split(' ')[1]];
  const [first, last] = [ticks[0], ticks[ticks.length - 1]].map(([text, x]) => [millis(text), x]);
  const scale = (last[1] - first[1]) / (last[0] - first[0]);
  return (ms) => first[1] + (ms - first[0]) * scale;
}

function near(a, b, what, by = 1.5) {
  assert.ok(Math.abs(a - b) <= by, `${what}: ${a} is not near ${b}`);
}

claim('every row that the page shows is the row of the ledger', async (looker) => {
  const { page: name, ledger } = reported(BUSY, 'rows', ['--profile', 'java-4.9.8']);
  const page = await looker.file(name);
  await settled(page);
  assert.equal(await tile(page, 'sends'), String(ledger.sends.length));
  assert.equal(
    await tile(page, 'exceptions'),
    String(ledger.sends.filter((send) => send.outcome === 'EXCEPTION').length),
  );
  assert.equal(await tile(page, 'tried again'), String(ledger.sends.filter((send) => send.attempts.length > 1).length));
  for (const send of ledger.sends) {
    await page.locator(`#h-sends ~ div button[data-goto="${send.i}"]`).click();
    await page.waitForFunction(
      (i) => document.querySelector('#detail h2')?.textContent.startsWith(`Send #${i}:`),
      send.i,
    );
    assert.deepEqual(JSON.parse(await page.locator('#row').textContent()), send);
  }
  page.whole();
});

claim('attempts per broker and outcomes over time add up to the ledger', async (looker) => {
  const { page: name, ledger } = reported(BUSY, 'charts', ['--profile', 'java-4.9.8']);
  const page = await looker.file(name);
  const counted = {};
  for (const send of ledger.sends) {
    for (const { broker, outcome } of send.attempts)
      counted[`${broker} ${outcome}`] = (counted[`${broker} ${outcome}`] ?? 0) + 1;
  }
  const bars = await page.$$eval('rect[data-bar]', (all) =>
    all.map((one) => [`${one.dataset.bar} ${one.dataset.word}`, Number(one.dataset.count)]),
  );
  assert.deepEqual(Object.fromEntries(bars), counted);
  const outcomes = await page.$$eval('rect[data-outcome]', (all) =>
    all.map((one) => [one.dataset.outcome, Number(one.dataset.count)]),
  );
  for (const word of ['SEND_OK', 'EXCEPTION']) {
    const sum = outcomes.filter(([one]) => one === word).reduce((total, [, n]) => total + n, 0);
    assert.equal(sum, ledger.sends.filter((send) => send.outcome === word).length, word);
  }
  page.whole();
});

claim('a click on a bar tells what explain tells', async (looker) => {
  const { page: name } = reported(BUSY, 'words');
  const page = await looker.file(name);
  await settled(page);
  await page.locator('.send[data-send="8"]').click();
  const words = rmqsim(['explain', BUSY, ...PROFILE, '--send', '8']).stdout;
  await page.waitForFunction(() => document.querySelector('#words')?.textContent.length > 10);
  assert.equal(await page.locator('#words').textContent(), words);
  assert.match(words, /SYSTEM_BUSY/);
  const rows = await page.$eval('#words', (one) => {
    const style = getComputedStyle(one);
    const inner = one.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    return Math.round(inner / parseFloat(style.lineHeight));
  });
  assert.ok(rows <= words.trimEnd().split('\n').length + 1, `no line is broken on a laptop: ${rows} rows`);
  assert.equal(await page.locator('.link').count(), 2, 'a line to the broker of each attempt');
  page.whole();
});

claim('bars and attempts stand where the ledger says', async (looker) => {
  const { page: name, ledger } = reported(BUSY, 'bars');
  const page = await looker.file(name);
  await settled(page);
  for (const zoom of [null, 0.25]) {
    if (zoom !== null) {
      await page.locator('.timeline').focus();
      for (let i = 0; i < 3; i += 1) await page.keyboard.press('+');
      await idle(page);
    }
    const x = await axis(page);
    const sends = new Map((await boxes(page, '.send')).map((box) => [Number(box.send), box]));
    const attempts = await boxes(page, 'rect[data-attempt]');
    let k = 0;
    assert.ok(sends.size > 2);
    for (const send of ledger.sends) {
      const box = sends.get(send.i);
      if (!box && zoom !== null) {
        k += send.attempts.length; // far outside of the view
        continue;
      }
      near(box.left, x(send.startMs), `begin of send ${send.i}`);
      near(box.right, Math.max(box.left + 5, x(send.startMs + send.elapsedMs)), `end of send ${send.i}`, 2.5);
      for (const attempt of send.attempts) {
        const one = attempts.find((candidate) => Number(candidate.attempt) === k);
        near(one.left, x(attempt.startMs), `begin of attempt ${k}`, 2);
        k += 1;
      }
    }
  }
  const acted = ledger.brokers['broker-a'].received;
  assert.equal(acted, 2);
  page.whole();
});

claim('an outage stands where the trace says', async (looker) => {
  const { page: name } = reported(OUTAGE, 'outage');
  const trace = file('outage.jsonl');
  rmqsim(['run', OUTAGE, ...PROFILE, '--trace', trace]);
  const events = fs
    .readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const first = events.find((one) => one.event === 'send').t;
  const page = await looker.file(name);
  await settled(page);
  const x = await axis(page);
  const [gone] = await boxes(page, '.band.crashed');
  const at = (kind) => events.find((one) => one.node === 'scenario' && one.event === kind).t - first;
  near(gone.left, x(at('crash')), 'begin of the outage');
  near(gone.right, x(at('restart')), 'end of the outage');
  assert.equal(await page.locator('.flag.event').count(), 2);
  page.whole();
});

claim('isolations of a broker stand where the trace says', async (looker) => {
  const { page: name } = reported(DEAD, 'isolated');
  const trace = file('isolated.jsonl');
  rmqsim(['run', DEAD, ...PROFILE, '--trace', trace]);
  const events = fs
    .readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const first = events.find((one) => one.event === 'send').t;
  const page = await looker.file(name);
  await settled(page);
  const x = await axis(page);
  const isolated = await boxes(page, '.band.isolated');
  const set = events.filter((one) => one.event === 'fault-item' && one.isolatedMs > 0);
  assert.ok(set.length > 0 && isolated.length > 0);
  near(isolated[0].left, x(set[0].t - first), 'begin of the first isolation');
  // Each lies within what the trace says of some isolation.
  for (const band of isolated) {
    const begin = Number(band.from) / 1000;
    assert.ok(
      set.some((one) => Math.abs(one.t - first - begin) < 0.002),
      `isolation from ${begin} ms`,
    );
  }
  page.whole();
});

claim('a nameserver that dies is a band of its lane', async (looker) => {
  const { page: name } = reported(FAILOVER, 'failover');
  const page = await looker.file(name);
  await settled(page);
  assert.equal(await page.locator('.band.crashed').count(), 1);
  page.whole();
});

claim('words about the cluster cover no mark, and every event has its own', async (looker) => {
  for (const [scenario, texts] of [
    [OUTAGE, ['crash broker-a', 'restart broker-a']],
    [FAILOVER, ['crash ns-1', 'removeFromRoute broker-b']],
  ]) {
    for (const viewport of [
      { width: 1366, height: 768 },
      { width: 900, height: 700 },
    ]) {
      const page = await looker.file(reported(scenario, 'words-of-events').page, { viewport });
      await settled(page);
      const shown = await page.$$eval('.flag-text', (all) => all.map((one) => one.textContent));
      for (const text of texts) assert.ok(shown.includes(text), `${text} is among ${shown}, ${viewport.width} wide`);
      const words = await boxes(page, '.flag-text');
      const [picture] = await boxes(page, '.timeline > svg');
      const all = [...words, ...(await boxes(page, '.flag'))];
      for (const one of words) {
        assert.ok(one.left >= picture.left && one.right <= picture.right, 'words end within the picture');
        const covered = all.filter(
          (other) =>
            other !== one &&
            other.left < one.right &&
            other.right > one.left &&
            other.top < one.bottom &&
            other.bottom > one.top,
        );
        assert.deepEqual(covered, [], `${viewport.width} wide`);
      }
      page.whole();
    }
  }
});

claim('filters leave what they say', async (looker) => {
  const { page: name, ledger } = reported(BUSY, 'filters', ['--profile', 'java-4.9.8']);
  const page = await looker.file(name);
  await settled(page);
  await page.selectOption('select[aria-label="result"]', { label: 'EXCEPTION' });
  const failed = ledger.sends.filter((send) => send.outcome === 'EXCEPTION').map((send) => String(send.i));
  assert.deepEqual(await page.$$eval('.send', (all) => all.map((one) => one.dataset.send)), failed);
  assert.deepEqual(
    await page.$$eval('#h-sends ~ div tbody button', (all) => all.map((one) => one.dataset.goto)),
    failed,
  );
  await page.selectOption('select[aria-label="result"]', '');
  await page.locator('.chip[data-kind="refused"]').click();
  const plain = ledger.sends.filter((send) => send.attempts.some((one) => one.outcome === 'SUCCESS')).length;
  assert.equal(await page.locator('.send').count(), plain);
  await page.selectOption('select[aria-label="broker"]', 'broker-c');
  const there = ledger.sends.filter((send) =>
    send.attempts.some((one) => one.broker === 'broker-c' && one.outcome === 'SUCCESS'),
  ).length;
  assert.equal(await page.locator('.send').count(), there);
  page.whole();
});

claim('keys move through the timeline and its sends', async (looker) => {
  const { page: name } = reported(BUSY, 'keys');
  const page = await looker.file(name);
  await settled(page);
  await page.locator('.timeline').focus();
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await page.waitForFunction(() => document.querySelector('#detail h2')?.textContent.startsWith('Send #1:'));
  assert.match(await page.locator('#spoken').textContent(), /Send #1: SEND_OK/);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#detail').isHidden(), true);
  const width = async () => (await boxes(page, '.send'))[0];
  const before = await width();
  await page.keyboard.press('+');
  await idle(page);
  const after = await width();
  assert.ok(after.right - after.left > before.right - before.left);
  await page.keyboard.press('0');
  await idle(page);
  near((await width()).left, before.left, 'after 0');
  page.whole();
});

claim('what did not hold stands first, with the sends concerned', async (looker) => {
  const scenario = JSON.parse(
    fs
      .readFileSync(path.join(__dirname, '../..', 'scenarios/basics/quickstart.json'), 'utf8')
      .replace(/^\s*\/\/.*$/gm, ''),
  );
  delete scenario.$schema;
  scenario.expect = [{ sends: 0, outcome: 'EXCEPTION' }];
  const broken = file('broken.json');
  fs.writeFileSync(broken, JSON.stringify({ ...scenario, name: 'broken' }));
  const { page: name } = reported(broken, 'broken', PROFILE, { status: 1 });
  const page = await looker.file(name);
  await settled(page);
  assert.match(await page.locator('.badge').first().textContent(), /failed/);
  assert.match(await page.locator('.failures').textContent(), /expected EXCEPTION, got SEND_OK/);
  await page.locator('.failures button[data-goto="0"]').click();
  assert.match(await page.locator('#detail h2').textContent(), /^Send #0/);
  assert.match(await page.locator('.broken').first().textContent(), /broken/);
  await accessible(page, 'a run that failed');
  page.whole();
});

claim('people without a mouse, a screen or good eyes can use the page of a run', async (looker) => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await looker.file(reported(OUTAGE, 'axe').page, { colorScheme });
    await settled(page);
    await accessible(page, `ten minutes of outage, ${colorScheme}`);
    await page.locator('.timeline').focus();
    await page.keyboard.press('n');
    await page.waitForFunction(() => document.querySelector('#words')?.textContent.length > 10);
    await page.locator('summary').first().click();
    await accessible(page, `with the story of a send, ${colorScheme}`);
    page.whole();
  }
});

claim('several runs are one file with an index, those that failed first', async (looker) => {
  const name = file('several.html');
  rmqsim(['run', 'scenarios/codes', file('broken.json'), '--jobs', '2', '--report', name], { status: 1 });
  const page = await looker.file(name);
  const rows = page.locator('tbody tr');
  assert.match(await rows.first().textContent(), /failed.*broken/);
  await accessible(page, 'an index of runs');
  await page.fill('input[type="search"]', 'system-busy-first-five');
  assert.equal(await rows.count(), 2);
  await rows.first().locator('a').click();
  await settled(page);
  assert.match(await page.locator('h1').textContent(), /code-system-busy-first-five/);
  await page.goBack();
  await page.waitForSelector('input[type="search"]');
  page.whole();
});

claim('profiles stand on one axis with the first decision that differs', async (looker) => {
  const name = file('compared.html');
  rmqsim(['run', BUSY, '--compare-profiles', '--report', name]);
  const page = await looker.file(name);
  await settled(page);
  assert.deepEqual(await page.$$eval('.group-name', (all) => all.map((one) => one.textContent)), [
    'java-5.3.3',
    'java-4.9.8',
    'hardened',
  ]);
  const marks = await boxes(page, '.differs-line');
  assert.ok(marks.length > 0, 'marks');
  // java-4.9.8 does not retry SYSTEM_BUSY, which is what the first send meets.
  assert.match(await page.locator('#h-differs ~ ul').textContent(), /java-4.9.8 and java-5.3.3 part in send #0/);
  const x = await axis(page);
  near(marks[0].left, x(Number(marks[0].at) / 1000), 'mark');
  await page.locator('#h-differs ~ ul button').last().click();
  await page.waitForFunction(() => !document.querySelector('#detail').hidden);
  await accessible(page, 'profiles side by side');
  page.whole();

  const all = await looker.file(
    (() => {
      rmqsim(['run', 'scenarios/codes', '--compare-profiles', '--report', file('compared-all.html')]);
      return file('compared-all.html');
    })(),
  );
  await accessible(all, 'figures of all scenarios');
  await all.locator('tbody a').first().click();
  await settled(all);
  all.whole();
});

claim('a campaign shows what was new and what it found', async (looker) => {
  const name = file('campaign.html');
  const out = file('campaign');
  fs.rmSync(out, { recursive: true, force: true });
  rmqsim(['explore', '--runs', '512', '--seed', '1', '--quiet', '--out', out, '--report', name]);
  const page = await looker.file(name);
  assert.equal(await tile(page, 'trials'), '512');
  assert.equal(await page.locator('.curve').count(), 2);
  await accessible(page, 'a campaign');
  page.whole();
});

claim('what send did is on one axis, with the figures that it prints', async (looker) => {
  const cluster = spawn(path.join(bin, 'rmqsim'), ['up', BUSY, '--json', '--quiet'], { cwd: source });
  try {
    const namesrv = await new Promise((done, fail) => {
      let text = '';
      cluster.stdout.on('data', (bytes) => {
        text += bytes;
        const found = text.match(/"(127\.0\.0\.1:\d+)"/);
        if (found) done(found[1]);
      });
      cluster.on('exit', () => fail(new Error(`up ended: ${text}`)));
    });
    const name = file('sent.html');
    const done = rmqsim(['send', '--namesrv', namesrv, '--count', '200', '--json', '--report', name]);
    const printed = JSON.parse(done.stdout);
    const page = await looker.file(name);
    await settled(page);
    assert.equal(await tile(page, 'sends'), String(printed.sends));
    assert.equal(await tile(page, 'tried again'), String(printed.retried));
    const bars = await page.$$eval('rect[data-bar]', (all) =>
      all.map((one) => [one.dataset.bar, one.dataset.word, Number(one.dataset.count)]),
    );
    const counted = {};
    for (const [broker, word, n] of bars) counted[broker] = { ...counted[broker], [word]: n };
    assert.deepEqual(counted, printed.brokers);
    await accessible(page, 'what send did');
    page.whole();
  } finally {
    cluster.kill();
  }
});

claim(
  'a report of a refused run, of a file that is none, and of no place to write is said and breaks nothing',
  async (looker) => {
    const refused = file('refused.html');
    fs.rmSync(refused, { force: true });
    rmqsim(
      [
        'run',
        'scenarios/connections/refused-one-broker.json',
        '--world',
        'tcp',
        '--report',
        refused,
        '--filter',
        'no-such-name',
      ],
      { status: 64 },
    );
    assert.equal(fs.existsSync(refused), false);
    fs.writeFileSync(file('none.json'), '{"version": 1,');
    rmqsim(['run', file('none.json'), '--report', refused], { status: 64 });
    const page = await looker.file(refused);
    assert.match(await page.locator('.badge').first().textContent(), /invalid/);
    await accessible(page, 'a file that is no scenario');
    page.whole();

    fs.writeFileSync(file('kept.html'), 'kept');
    for (const other of ['--ledger', '--junit', '--trace']) {
      const done = rmqsim(['run', BUSY, '--report', file('kept.html'), other, file('kept.html')], { status: 64 });
      assert.match(done.stderr, /would overwrite/);
    }
    assert.equal(fs.readFileSync(file('kept.html'), 'utf8'), 'kept');
    rmqsim(['run', BUSY, '--report', '/proc/none/report.html'], { status: 64 });
    rmqsim(['run', BUSY, '--compare-profiles', '--report', '/proc/none/report.html'], { status: 64 });
    rmqsim(['run', BUSY, '--report', ''], { status: 64 });
  },
);

claim('hostile names are names', async (looker) => {
  const evil = '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">\u2028\u2029\u202e';
  const scenario = {
    version: 1,
    name: 'hostile',
    why: `${evil} ${'w'.repeat(3000)}`,
    profile: 'java-5.3.3',
    cluster: { brokers: ['a', 'b'], topics: [{ name: 'T', queues: 1 }] },
    producers: [{ name: 'p', config: {}, queueIndex: { start: 0 } }],
    steps: [{ send: { topic: 'T', count: 3, body: { text: evil } } }],
    faults: [
      {
        id: 'busy',
        at: 'a',
        on: 'send',
        do: { respond: { code: 'MESSAGE_ILLEGAL', remark: `${evil}\u0001\u001b[31m ${'r'.repeat(32000)}` } },
      },
    ],
    expect: [{ sends: 'all', outcome: 'SEND_OK' }],
  };
  fs.writeFileSync(file('hostile.json'), JSON.stringify(scenario));
  const { page: name, ledger } = reported(file('hostile.json'), 'hostile', [], { status: 1 });
  const html = fs.readFileSync(name, 'utf8');
  assert.equal(html.includes('window.hacked = 1</script>'), false);
  const page = await looker.file(name);
  await settled(page);
  const bad = ledger.sends.findIndex((send) => send.outcome === 'EXCEPTION');
  await page.locator(`#h-sends ~ div button[data-goto="${bad}"]`).click();
  await page.waitForFunction(() => document.querySelector('#words')?.textContent.length > 10);
  assert.match(await page.locator('#row').textContent(), /window\.hacked = 1/);
  await page.locator('.chip').first().hover();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator('img').count(), 0);
  const said = (row) => row.exception.message.slice(0, 2000);
  assert.equal(said(JSON.parse(await page.locator('#row').textContent())), said(ledger.sends[bad]), 'nothing is lost');
  assert.equal(
    await page.evaluate(() => /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]/.test(document.body.innerText)),
    false,
    'nothing is obeyed',
  );
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
    'nothing is wider than the window',
  );
  page.whole();
});

claim('a hundred thousand sends open and move', async (looker) => {
  const scenario = {
    version: 1,
    name: 'many',
    why: 'A hundred thousand sends.',
    profile: 'java-5.3.3',
    cluster: { brokers: ['broker-a', 'broker-b', 'broker-c'], topics: [{ name: 'T', queues: 4 }] },
    producers: [{ name: 'p', config: { sendLatencyFaultEnable: true }, queueIndex: { start: 0 } }],
    steps: [
      { background: true, send: { topic: 'T', count: 100000, intervalMs: 2, body: { size: 16 } } },
      { atMs: 60000, do: { crash: 'broker-a' } },
      { atMs: 120000, do: { restart: 'broker-a' } },
    ],
    faults: [{ at: 'broker-b', on: 'send', nth: '5000-5400', do: { respond: { code: 'SYSTEM_BUSY' } } }],
  };
  fs.writeFileSync(file('many.json'), JSON.stringify(scenario));
  const begin = Date.now();
  const { page: name, ledger } = reported(file('many.json'), 'many', []);
  const ran = Date.now() - begin;
  assert.equal(ledger.sends.length, 100000);
  const bytes = fs.statSync(name).size;
  assert.ok(bytes < 20e6, `${bytes} bytes`);
  const opened = Date.now();
  const page = await looker.file(name);
  await settled(page);
  const open = Date.now() - opened;
  assert.equal(await tile(page, 'sends'), '100,000');
  // Drags across the picture, from far away and from near by.
  const frames = [];
  const box = await page.locator('.timeline > svg').boundingBox();
  for (const zoomed of [0, 4, 10]) {
    await page.locator('.timeline').focus();
    for (let i = 0; i < zoomed; i += 1) await page.keyboard.press('+');
    await page.evaluate(() => {
      window.frames_ = [];
      let last = performance.now();
      const tick = (now) => {
        if (!window.frames_) return;
        window.frames_.push(now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    await page.mouse.move(box.x + 1100, box.y + 100);
    await page.mouse.down();
    for (let x = 1100; x > 200; x -= 12) await page.mouse.move(box.x + x, box.y + 100);
    await page.mouse.up();
    frames.push(
      ...(await page.evaluate(() => {
        const all = window.frames_.slice(2);
        window.frames_ = null;
        return all;
      })),
    );
    await page.keyboard.press('0');
  }
  frames.sort((a, b) => a - b);
  const draws = await page.evaluate(() => [...report.page.timeline.frames].sort((a, b) => a - b));
  const at = (list, part) => list[Math.min(list.length - 1, Math.floor(list.length * part))].toFixed(1);
  // A picture of 100,000 stays small, whatever they are.
  assert.ok((await page.locator('.timeline > svg *').count()) < 8000);
  await page.fill('input[aria-label="Number of a send"]', '77777');
  await page.getByRole('button', { name: 'Go to send' }).click();
  await page.waitForFunction(() => document.querySelector('#row')?.textContent.includes('"i": 77777'));
  assert.deepEqual(JSON.parse(await page.locator('#row').textContent()), ledger.sends[77777]);
  // Far above what a machine at rest takes, for tests run beside others.
  assert.ok(open < 20000, `opened after ${open} ms`);
  assert.ok(Number(at(draws, 0.5)) < 200, `half of all pictures took more than ${at(draws, 0.5)} ms`);
  page.whole();
  return (
    `run with report ${ran} ms, file ${(bytes / 1e6).toFixed(1)} MB, open ${open} ms, frames p50 ${at(frames, 0.5)} p99 ${at(frames, 0.99)} ms, ` +
    `pictures drawn p50 ${at(draws, 0.5)} max ${at(draws, 1)} ms`
  );
});

judge();
