// The page that a running cluster serves: for people without a mouse, a wide screen or good eyes.
'use strict';

const { spawn } = require('node:child_process');
const { accessible, assert, bin, claim, judge, path, rmqsim, source } = require('./browser.cjs');

/** A cluster, until `does` has ended. */
async function up(does) {
  const cluster = spawn(path.join(bin, 'rmqsim'), ['up', '--json', '--quiet'], { cwd: source });
  try {
    const ready = await new Promise((done, fail) => {
      let text = '';
      cluster.stdout.on('data', (bytes) => {
        text += bytes;
        if (text.includes('\n')) done(JSON.parse(text.split('\n')[0]));
      });
      cluster.on('exit', () => fail(new Error(`up ended: ${text}`)));
    });
    await does(ready);
  } finally {
    cluster.kill();
  }
}

claim('people without a mouse, a wide screen or good eyes can use the live page', async (looker) => {
  await up(async ({ control, environment }) => {
    const rule = ['broker-a', '--on', 'send', '--respond', 'SYSTEM_BUSY', '--id', 'busy'];
    rmqsim(['ctl', 'fault', 'add', ...rule, '--control', control]);
    rmqsim(['send', '--namesrv', environment.NAMESRV_ADDR, '--count', '20']);
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1366, 390]) {
        const page = await looker.page({ colorScheme, viewport: { width, height: 768 } });
        await page.goto(`${control}/`);
        await page.waitForFunction(() => document.querySelector('#requests tbody')?.innerText.includes('SYSTEM_BUSY'));
        assert.deepEqual(page.errors, []);
        await accessible(page, `the live page, ${colorScheme}, ${width} wide`);
        const cut = await page.$$eval('#servers tbody th, #rules tbody th', (all) =>
          all.filter((one) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            return range.getClientRects().length > 1;
          }).map((one) => one.textContent));
        assert.deepEqual(cut, [], 'usual names stand on one line');
        await page.context().close();
      }
    }
  });
});

claim('a rule that a newcomer adds without a choice is one that fails sends', async (looker) => {
  await up(async ({ control }) => {
    const page = await looker.page();
    await page.goto(`${control}/`);
    await page.waitForFunction(() => document.querySelector('#add-rule .preview')?.textContent.includes('ctl'));
    assert.match(await page.locator('#add-rule .preview').textContent(), /fault add .* --respond SYSTEM_BUSY/);
  });
});

judge();
