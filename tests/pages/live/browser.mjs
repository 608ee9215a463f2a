// A headless Chromium by the WebDriver protocol, as small as the live page's test needs it. Whatever waits asks again
// until a limit, as a person would look.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIMIT = 60_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function installed(name) {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/// Why there is no browser here; null when there is one.
export function missing() {
  const gone = ['chromium', 'chromedriver'].filter((name) => !installed(name));
  return gone.length === 0 ? null : `${gone.join(' and ')} not installed: tools/setup --see does it`;
}

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.folder = mkdtempSync(join(tmpdir(), 'rmqsim-page-'));
    browser.driver = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const port = await new Promise((resolve, reject) => {
      let text = '';
      browser.driver.on('exit', () => reject(new Error('chromedriver ended: ' + text)));
      browser.driver.stdout.on('data', (bytes) => {
        text += bytes;
        const found = /started successfully on port (\d+)/.exec(text);
        if (found) resolve(found[1]);
      });
    });
    browser.base = `http://127.0.0.1:${port}`;
    const answer = await browser.ask('POST', '/session', { capabilities: { alwaysMatch: {
      'goog:loggingPrefs': { browser: 'ALL' },
      'goog:chromeOptions': { binary: installed('chromium'), args: ['--headless=new', '--no-sandbox', '--disable-gpu',
        '--disable-dev-shm-usage', '--window-size=1366,900', `--user-data-dir=${browser.folder}/profile`],
        prefs: { 'download.default_directory': browser.folder } },
    } } });
    browser.base += `/session/${answer.sessionId}`;
    return browser;
  }

  async ask(method, path, body) {
    const answer = await fetch(this.base + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }
  open(url) { return this.ask('POST', '/url', { url }); }
  /// The value of a function of the page; its arguments must be JSON.
  eval(what, ...args) {
    return this.ask('POST', '/execute/sync', { script: `return (${what})(...arguments)`, args });
  }
  text(css) { return this.eval((c) => document.querySelector(c)?.innerText ?? '', css); }

  async element(css) {
    const found = await this.ask('POST', '/element', { using: 'css selector', value: css });
    return Object.values(found)[0];
  }
  async click(css) { await this.ask('POST', `/element/${await this.element(css)}/click`, {}); }
  async type(css, text) {
    const element = await this.element(css);
    await this.ask('POST', `/element/${element}/clear`, {});
    await this.ask('POST', `/element/${element}/value`, { text });
  }
  async choose(css, value) { await this.click(`${css} option[value="${value}"]`); }
  /// To whatever has the focus.
  async press(key) {
    await this.ask('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions: [
      { type: 'keyDown', value: key }, { type: 'keyUp', value: key }] }] });
  }
  async picture(file) {
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, Buffer.from(await this.ask('GET', '/screenshot'), 'base64'));
  }
  /// Errors that the page wrote to its console since the last call.
  async errors() {
    const log = await this.ask('POST', '/se/log', { type: 'browser' });
    return log.filter((one) => one.level === 'SEVERE').map((one) => one.message);
  }

  async end() {
    await this.ask('DELETE', '').catch(() => {});
    this.driver.removeAllListeners('exit');
    this.driver.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/// What `look` answers once it is true.
export async function becomes(what, look) {
  const end = Date.now() + LIMIT;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await pause(50);
  }
}
