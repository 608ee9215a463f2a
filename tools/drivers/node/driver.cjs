// ali-ons, a RocketMQ client for Node.js, behind the protocol of tools/drivers/README.md. Runs where its packages are
// installed (see the README beside it): node driver.cjs
'use strict';

const path = require('node:path');
const readline = require('node:readline');
// From where it is run, so that this file need not lie beside the packages; in the repository where its tests have them.
const folders = [process.cwd(), __dirname, path.join(__dirname, '../../../tests/clients/node')];
const load = (name) => {
  try {
    return require(require.resolve(name, { paths: folders }));
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    console.error(`${name} is not installed: npm ci --ignore-scripts --prefix tests/clients/node`);
    process.exit(1);
  }
};
const { Producer, Message } = load('ali-ons');
const { version } = load('ali-ons/package.json');

// Standard output is for the protocol; what the client has to say goes to standard error.
const complain = (...words) => console.error('ali-ons:', ...words.map((word) => (word && word.message) || word));
const logger = { info() {}, debug() {}, warn() {}, error: complain };
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

// Names of Java's settings, and of the options that mean the same here.
const settings = {
  sendMsgTimeout: 'sendMsgTimeout',
  retryTimesWhenSendFailed: 'retryTimesWhenSendFailed',
  retryAnotherBrokerWhenNotStoreOK: 'retryAnotherBrokerWhenNotStoreOK',
  compressMsgBodyOverHowmuch: 'compressMsgBodyOverHowmuch',
  createTopicKey: 'createTopicKey',
  defaultTopicQueueNums: 'defaultTopicQueueNums',
  unitMode: 'unitMode',
  unitName: 'unitName',
  namespace: 'namespace',
  instanceName: 'instanceName',
  clientIP: 'clientIP',
  pollNameServerInterval: 'pollNameServerInteval',
  heartbeatBrokerInterval: 'heartbeatBrokerInterval',
};

const producers = new Map();

function exceptionOf(error) {
  const exception = { type: error.name || 'Error', message: String(error.message) };
  if (Number.isInteger(error.code)) exception.responseCode = error.code;
  return exception;
}

function messageOf(request) {
  const message = new Message(request.topic, request.tags || '', Buffer.from(request.body, 'base64'));
  if (request.tags === '') delete message.properties.TAGS;
  if (request.keys.length > 0) message.keys = request.keys;
  Object.assign(message.properties, request.properties);
  if (request.delayLevel) message.delayTimeLevel = request.delayLevel;
  return message;
}

const ops = {
  hello() {
    say({
      protocol: 1,
      client: 'ali-ons',
      version,
      modes: ['sync'],
      features: ['credentials', 'delayLevel'],
      settings: Object.keys(settings),
      // A result carries the broker's id of the message; keys of its own this client does not make.
      key: 'property',
    });
  },

  async producer(request) {
    const { name, group, namesrv, config, credentials = {} } = request;
    const options = {
      producerGroup: group,
      nameSrv: namesrv.split(';'),
      onsAddr: '',
      httpclient: {},
      logger,
      accessKeyId: credentials.accessKey || '',
      accessKeySecret: credentials.secretKey || '',
    };
    if (credentials.securityToken) options.securityToken = credentials.securityToken;
    for (const [setting, value] of Object.entries(config)) options[settings[setting]] = value;
    try {
      const producer = new Producer(options);
      producer.on('error', complain);
      producers.set(name, producer);
      await producer.ready();
      say({ producer: name });
    } catch (error) {
      say({ producer: name, exception: exceptionOf(error) });
    }
  },

  async send(request) {
    const { i, producer: name } = request;
    const producer = producers.get(name);
    if (!producer) return say({ error: `there is no producer ${name}` });
    const begin = process.hrtime.bigint();
    const elapsedMs = () => Number(process.hrtime.bigint() - begin) / 1e6;
    try {
      const { sendStatus, messageQueue } = await producer.send(messageOf(request));
      const { brokerName: broker, queueId } = messageQueue;
      say({ i, outcome: sendStatus, broker, queueId: Number(queueId), elapsedMs: elapsedMs() });
    } catch (error) {
      say({ i, outcome: 'EXCEPTION', exception: exceptionOf(error), elapsedMs: elapsedMs() });
    }
  },

  async shutdown({ producer: name }) {
    try {
      await producers.get(name).close();
      say({ shutdown: name });
    } catch (error) {
      say({ shutdown: name, exception: exceptionOf(error) });
    }
  },

  bye() {
    process.stdout.write(`${JSON.stringify({ bye: true })}\n`, () => process.exit(0));
  },
};

process.on('uncaughtException', (error) => {
  say({ error: `uncaught in the client: ${error.stack}` });
});

const input = readline.createInterface({ input: process.stdin });
input.on('line', (line) => {
  let request;
  try {
    request = JSON.parse(line);
  } catch (error) {
    return say({ error: `no JSON: ${error.message}` });
  }
  const op = Object.hasOwn(ops, request.op) ? ops[request.op] : null;
  if (!op) return say({ unsupported: `op ${request.op}` });
  Promise.resolve(op(request)).catch((error) => say({ error: String(error.stack) }));
});
input.on('close', () => process.exit(0));
