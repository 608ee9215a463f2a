// ali-ons, the Node.js client of RocketMQ, against a fake nameserver and two fake brokers with the faults of
// faults.json, and once more through `rmqsim proxy` with the same faults before a cluster that has none: node
// client_test.cjs BIN SOURCE. Ends with 0 when everything was as it should be. Runs where its
// packages are installed (see `run`).
'use strict';

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const path = require('node:path');
const { Producer, Consumer, Message } = require('ali-ons');

const [bin, source] = process.argv.slice(2);
const children = [];
const logger = { info() {}, debug() {}, warn() {}, error: (...args) => console.error('ali-ons:', ...args) };

/// Starts one of the project's programs; resolves to its address when it says that it is ready.
function start(name, ...args) {
  const child = spawn(path.join(bin, name), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)));
    child.stdout.on('data', (data) => {
      text += data;
      const ready = / ready on (\S+)\n/.exec(text);
      if (ready) resolve(ready[1]);
    });
  });
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/// Until `condition` holds; `what` is said if it does not in time.
async function eventually(what, condition, ms = 20000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(20)) {
    if (await condition()) return;
  }
  assert.fail(`not in ${ms} ms: ${what}`);
}

function options(namesrv) {
  return { nameSrv: namesrv, onsAddr: '', httpclient: {}, logger, accessKeyId: '', accessKeySecret: '' };
}

/// Twenty messages one after the other; what became of each.
async function produce(namesrv) {
  const producer = new Producer({ ...options(namesrv), producerGroup: 'node_producer' });
  await producer.ready();
  const sends = [];
  for (let i = 0; i < 20; ++i) {
    const begin = Date.now();
    const body = `Hello ${i} from Node.js`;
    try {
      const result = await producer.send(new Message('TopicTest', 'TagA', body));
      sends.push({ body, result, ms: Date.now() - begin });
    } catch (error) {
      sends.push({ body, error, ms: Date.now() - begin });
    }
  }
  await producer.close();
  return sends;
}

function checkSends(sends) {
  const stored = sends.filter((send) => send.result);
  const failed = sends.filter((send) => send.error);
  // SYSTEM_BUSY is final to this client; the other three are not, or are no failure.
  assert.strictEqual(failed.length, 1, failed.map((send) => String(send.error)).join('; '));
  assert.strictEqual(failed[0].error.code, 2);
  assert.match(failed[0].error.message, /TIMEOUT_CLEAN_QUEUE/);
  const offsets = new Set();
  for (const { result } of stored) {
    assert.strictEqual(result.sendStatus, 'SEND_OK');
    assert.match(result.msgId, /^[0-9A-F]{32}/);
    const { brokerName, queueId } = result.messageQueue;
    offsets.add(`${brokerName} ${queueId} ${result.queueOffset}`);
  }
  assert.strictEqual(offsets.size, 19, 'every message has a place of its own');
  assert.ok(stored.some((send) => send.result.messageQueue.brokerName === 'broker-a'));
  assert.ok(stored.some((send) => send.result.messageQueue.brokerName === 'broker-b'));
  assert.strictEqual(sends.filter((send) => send.ms >= 300).length >= 1, true, 'one answer came late');
  return stored;
}

/// Reads until `wanted` bodies came, and a little longer for any that should not.
async function consume(namesrv, wanted) {
  const consumer = new Consumer({
    ...options(namesrv),
    consumerGroup: 'node_consumer',
    consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
    rebalanceInterval: 500,
  });
  // A group that reads for the first time has no offset (22), which this client tells its user as well.
  consumer.on('error', (error) => {
    if (error.code !== 22) console.error(error);
  });
  const bodies = [];
  consumer.subscribe('TopicTest', '*', async (message) => {
    bodies.push(message.body.toString());
  });
  await consumer.ready();
  await eventually(`${wanted} messages are read back`, async () => bodies.length >= wanted, 60000);
  await sleep(500);
  await consumer.close();
  return bodies;
}

const faults = ['--scenario', path.join(source, 'faults.json')];

/// A cluster; its nameserver's address.
async function cluster(...more) {
  const namesrv = await start('fake_namesrv', '--listen', '127.0.0.1:0');
  for (const name of ['broker-a', 'broker-b']) {
    await start('fake_broker', '--listen', '127.0.0.1:0', '--name', name, '--namesrv', namesrv, ...more);
  }
  return namesrv;
}

/// Twenty sends with faults, and what was stored read back.
async function run(what, namesrv) {
  // Registrations may come a moment after the ready lines: both brokers must be in the route that the client keeps.
  let sends = [];
  await eventually('a route with both brokers', async () => {
    const probe = new Producer({ ...options(namesrv), producerGroup: 'node_probe', instanceName: `probe${Math.random()}` });
    await probe.ready();
    const info = await probe.tryToFindTopicPublishInfo('TopicTest').catch(() => null);
    const brokers = new Set((info?.messageQueueList ?? []).map((queue) => queue.brokerName));
    await probe.close();
    return brokers.size === 2;
  });
  sends = await produce(namesrv);
  const stored = checkSends(sends);
  const bodies = await consume(namesrv, stored.length);
  assert.deepStrictEqual(bodies.sort(), stored.map((send) => send.body).sort(), 'each stored message is read once');
  console.log(`${what}: ${sends.length} sends, ${stored.length} stored, as the faults want it, and read back`);
}

async function main() {
  await run('fakes', await cluster(...faults));
  const behind = await cluster('--topic', 'TopicTest:4');
  await run('proxy', await start('rmqsim', 'proxy', '-q', '--namesrv', behind, ...faults));
}

main().then(
  () => 0,
  (error) => {
    console.error(error);
    return 1;
  },
).then((status) => {
  for (const child of children) child.kill('SIGKILL');
  process.exit(status);
});
