// What tests of pages share: a browser, pages that are watched for errors and for traffic, axe, and claims with names.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { spawnSync } = require('node:child_process');
const { chromium } = require('playwright-core');

const [, , bin, folder] = process.argv;
const source = path.resolve(__dirname, '../..');

/** Runs rmqsim in the folder of the sources; `status` is what it must end with. */
function rmqsim(args, { status = 0, env = {}, cwd = source } = {}) {
  const done = spawnSync(path.join(bin, 'rmqsim'), args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
  });
  assert.equal(done.status, status, `rmqsim ${args.join(' ')}\n${done.stdout}${done.stderr}`);
  return done;
}

class Looker {
  static async open() {
    const looker = new Looker();
    // Tests of continuous integration are root, whom the sandbox refuses; what they open they have made themselves.
    looker.browser = await chromium.launch({ executablePath: process.env.RMQSIM_BROWSER, args: ['--no-sandbox'] });
    return looker;
  }

  /** A page that has not been anywhere; `errors` and `requests` fill as it goes. */
  async page(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1366, height: 768 }, ...options });
    context.setDefaultTimeout(120_000);  // among compilers that want the machine, too
    const page = await context.newPage();
    page.errors = [];
    page.requests = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.errors.push(message.text()));
    page.on('pageerror', (error) => page.errors.push(error.stack));
    page.on('request', (request) => page.requests.push(request.url()));
    return page;
  }

  /** Opens a file; nothing but it and what stands in it may be loaded. */
  async file(name, options) {
    const page = await this.page(options);
    const url = pathToFileURL(name).href;
    await page.goto(url);
    page.whole = () => {
      assert.deepEqual(page.errors, []);
      assert.deepEqual(
        page.requests.filter((one) => !one.startsWith(url) && !one.startsWith('data:') && !one.startsWith('blob:')),
        [],
      );
    };
    return page;
  }

  async close() {
    await this.browser.close();
  }
}

/** Fails with what axe finds against the rules of WCAG 2.2 A and AA and its own best practices. */
async function accessible(page, what) {
  await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') }).catch(async () => {
    await page.evaluate(require('node:fs').readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const words = violations.map(
    (one) =>
      `${one.id}: ${one.help}\n  ${one.nodes
        .slice(0, 3)
        .map((node) => `${node.html}\n  ${node.failureSummary}`)
        .join('\n  ')}`,
  );
  assert.equal(violations.length, 0, `${what}\n${words.join('\n')}`);
}

const claims = [];
function claim(name, holds) {
  claims.push([name, holds]);
}

/** All claims, or those whose name has RMQSIM_CLAIM in it; ends the process. */
async function judge() {
  const looker = await Looker.open();
  let failed = 0;
  for (const [name, holds] of claims) {
    if (!name.includes(process.env.RMQSIM_CLAIM ?? '')) continue;
    const begin = Date.now();
    try {
      const note = await holds(looker);
      console.log(`ok      ${name} (${Date.now() - begin} ms)${note ? `: ${note}` : ''}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  await looker.close();
  console.log(`${claims.length} claims, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

module.exports = { accessible, assert, bin, claim, folder, judge, path, rmqsim, source };
