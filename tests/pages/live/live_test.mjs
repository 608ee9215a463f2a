// The live page in a browser: a newcomer's first ten minutes, and what hostile peers and dead programs do to it.
//     node live_test.mjs BIN [PICTURES]
// Without a browser it is skipped (77), unless RMQSIM_REQUIRE_BROWSER=1.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Browser, becomes, missing } from './browser.mjs';

const [bin, pictures] = process.argv.slice(2);
const why = missing();
if (why !== null) {
  console.log(`live page: ${why}`);
  process.exit(process.env.RMQSIM_REQUIRE_BROWSER === '1' ? 1 : 77);
}

const rmqsim = join(bin, 'rmqsim');
const children = [];
function start(...args) {
  const child = spawn(rmqsim, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.text = '';
  child.stdout.on('data', (bytes) => { child.text += bytes; });
  child.stderr.on('data', (bytes) => { child.text += bytes; });
  child.ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  children.push(child);
  return child;
}
function shell(line) {
  return spawnSync('sh', ['-c', line], { encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
}
async function up() {
  const child = start('up', '--json', '--quiet');
  await becomes('rmqsim up is ready', () => child.text.includes('\n'));
  child.ready = JSON.parse(child.text.split('\n')[0]);
  child.ask = async (path) => (await fetch(child.ready.control + path)).json();
  return child;
}
const cell = (table, row, column) =>
  `(() => [...document.querySelectorAll('#${table} tbody tr')].find((r) => r.innerText.includes(${JSON.stringify(row)}))` +
  `?.cells[${column}]?.innerText ?? '')`;

/// A request of the remoting protocol, as any peer may write one.
function frame(header) {
  const text = Buffer.from(JSON.stringify({ language: 'JAVA', version: 1, opaque: 1, flag: 0, ...header }));
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(4 + text.length, 0);
  sizes.writeUInt32BE(text.length, 4);
  return Buffer.concat([sizes, text]);
}

async function firstTenMinutes(page) {
  const cluster = await up();
  await page.open(cluster.ready.control + '/');
  await becomes('the page is live', async () => (await page.text('#link')) === 'live');
  await becomes('brokers are shown', async () => (await page.text('#servers')).includes('broker-b'));
  assert.match(await page.eval(cell('servers', 'broker-a', 1)), /running/);

  // A client connects.
  const client = start('send', '--namesrv', cluster.ready.environment.NAMESRV_ADDR, '--group', 'newcomer', '--count', '0',
                       '--rate', '10');
  await becomes('the client is shown', async () => (await page.text('#clients')).includes('newcomer'));
  await becomes('its requests are shown', async () => (await page.text('#requests')).includes('SEND_MESSAGE'));
  await becomes('a rate is shown', async () => Number(await page.text('#rate')) > 0);

  // A rule is added, its words are those of the schema.
  const words = await page.eval(() => [...document.querySelectorAll('#add-rule [name=do] option')].map((o) => o.value));
  const schema = (await cluster.ask('/openapi.json')).components.schemas;
  assert.deepEqual(words, Object.keys(schema.action.properties));
  await page.choose('#add-rule [name=at]', 'broker-a');
  await page.choose('#add-rule [name=on]', 'send');
  await page.choose('#add-rule [name=do]', 'respond');
  await page.choose('#add-rule [name=code]', 'SYSTEM_BUSY');
  await page.click('#add-rule summary');
  await page.type('#add-rule [name=times]', '3');
  await page.type('#add-rule [name=id]', 'busy');
  const preview = await page.text('#add-rule .preview');
  assert.match(preview, /rmqsim ctl fault add broker-a .*--on send .*--times 3 .*--respond SYSTEM_BUSY/);
  await page.click('#add-rule button');
  await becomes('the rule has acted', async () => (await page.eval(cell('rules', 'busy', 5))) === '3');
  await becomes('what it did is shown', async () => (await page.text('#requests')).includes('✕ SYSTEM_BUSY'));
  if (pictures) await page.picture(join(pictures, 'live.png'));

  // The retry: the same message at the other broker.
  const [refused] = (await cluster.ask('/v1/requests?rule=busy')).requests;
  assert.equal(refused.outcome, 'SYSTEM_BUSY');
  const { requests: tries } = await cluster.ask(`/v1/requests?key=${encodeURIComponent(refused.key)}`);
  assert.deepEqual(tries.map((one) => one.outcome), ['SYSTEM_BUSY', 'SUCCESS']);
  assert.deepEqual(tries.map((one) => one.server), ['broker-a', 'broker-b']);

  // What was shown as a command is one.
  const again = shell(preview.replace('--id busy', '--id again --may-be-idle'));
  assert.equal(again.status, 0, again.stderr);
  await becomes('the rule of the command is shown', async () => (await page.text('#rules')).includes('again'));
  const curl = await page.eval(() => document.querySelector('#said pre[data-kind=curl]').textContent);
  assert.match(curl, /^curl -sS -X POST http:\/\/127.0.0.1:\d+\/v1\/faults -d '/);
  assert.equal(shell(curl.replace('"id":"busy"', '"id":"third","mayBeIdle":true')).status, 0);

  // By the keyboard alone.
  await page.eval(() => document.querySelector('[aria-label="crash broker-b"]').focus());
  await page.press('\uE007');
  await becomes('broker-b is shown as crashed', async () => /crashed/.test(await page.eval(cell('servers', 'broker-b', 1))));
  assert.equal((await cluster.ask('/v1/brokers/broker-b')).state, 'crashed');
  await becomes('crash cannot be done twice', () => page.eval(() => document.querySelector('[aria-label="crash broker-b"]').disabled));
  await page.click('[aria-label="restart broker-b"]');
  await becomes('broker-b runs', async () => /running/.test(await page.eval(cell('servers', 'broker-b', 1))));
  assert.match(await page.text('#news'), /broker-b: crash, now crashed/);

  // A gate holds, and lets go.
  await page.choose('#add-gate [name=at]', '*');
  await page.choose('#add-gate [name=on]', 'send');
  await page.click('#add-gate button');
  await becomes('a request is held', async () => Number(await page.eval(cell('gates', 'gate-1', 3))) > 0);
  await page.click('[aria-label="remove gate-1"]');
  await becomes('the gate is gone', async () => !(await page.text('#gates')).includes('gate-1'));
  client.kill('SIGINT');
  await client.ended;
  await becomes('the client has left', async () => !(await page.text('#clients')).includes('newcomer'));

  // Saved, and run.
  await page.type('#save-name', 'first-ten-minutes');
  await page.click('#save button');
  const file = join(page.folder, 'first-ten-minutes.json');
  await becomes('the scenario is saved', () => existsSync(file));
  const scenario = JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(scenario.faults.some((rule) => rule.id === 'busy' && !rule.mayBeIdle));
  assert.ok(scenario.steps.some((step) => step.do?.crash === 'broker-b'));
  for (const verb of ['validate', 'run']) {
    const judged = spawnSync(rmqsim, [verb, file], { encoding: 'utf8' });
    assert.equal(judged.status, 0, judged.stdout + judged.stderr);
  }
  const ctl = await page.eval(() => document.querySelector('#said pre[data-kind=ctl]').textContent);
  const same = shell(ctl);
  assert.equal(same.status, 0, same.stderr);
  assert.deepEqual(JSON.parse(same.stdout).faults, scenario.faults);
  assert.deepEqual(await page.errors(), []);
  return cluster;
}

async function hostileNames(page, cluster) {
  const [host, port] = cluster.ready.servers['broker-a'].split(':');
  const socket = net.connect(Number(port), host);
  const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
  for (const topic of [evil, 'a\u0000b\u001b[31m\u202ecod', 'x'.repeat(32 * 1024)]) {
    socket.write(frame({ code: 310, extFields: { a: evil, b: topic, c: 'TBW102', d: '4', e: '0', f: '0', g: '0', h: '0',
                                                 i: '', j: '0', k: 'false' } }));
  }
  await becomes('what it sent is shown', async () => (await page.text('#requests')).includes('<img src=x'));
  await becomes('the long name, too', async () => (await page.text('#requests')).includes('xxxxxxxx…'));
  assert.equal(await page.eval(() => window.hacked ?? null), null);
  assert.equal(await page.eval(() => document.querySelectorAll('main img, main script, main iframe').length), 0);
  assert.equal(await page.eval(() => /[\u0000-\u0008\u001b\u202e]/.test(document.body.innerText)), false);
  assert.ok(await page.eval(() => document.documentElement.scrollWidth <= window.innerWidth), 'the page became wider');
  socket.destroy();
  assert.deepEqual(await page.errors(), []);
}

async function namesOfControls(page) {
  const nameless = await page.eval(() => [...document.querySelectorAll('button, input, select')].filter((one) =>
    !(one.getAttribute('aria-label') ?? (one.labels?.[0]?.textContent || one.textContent)).trim()).length);
  assert.equal(nameless, 0, 'every control has a name');
}

async function deadProgram(page, cluster) {
  cluster.kill('SIGTERM');
  assert.equal(await cluster.ended, 0);
  await becomes('the page says that nobody answers', async () => (await page.text('#link')).includes('not connected'));
  await page.click('[aria-label="pause broker-a"]');
  await becomes('a click is answered', async () => (await page.text('#problem')).includes('does not answer'));
}

let failed = false;
const page = await Browser.start();
try {
  const cluster = await firstTenMinutes(page);
  await hostileNames(page, cluster);
  await namesOfControls(page);
  await deadProgram(page, cluster);
  console.log('live page: a rule acted, a message went to another broker, a scenario was saved and ran');
} catch (error) {
  failed = true;
  console.error(error);
  if (pictures) await page.picture(join(pictures, 'failed.png')).catch(() => {});
} finally {
  for (const child of children) child.kill('SIGKILL');
  await page.end();
}
process.exit(failed ? 1 : 0);
