// Writes the seeds of the corpus (files named seed-*) from the recordings and vectors under tests/golden/data and from
// scenario files: node tests/fuzz/make_corpus.mjs. Inputs of other names, those that a fuzzer found, stay.
import { readFileSync, writeFileSync, mkdirSync, readdirSync, rmSync, existsSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const data = join(here, '../golden/data');
const load = (name) => JSON.parse(readFileSync(join(data, name)));
const vectors = load('vectors.json');
const exchanges = load('exchanges.json');
const counts = new Map();

function seed(target, bytes) {
  const folder = join(here, 'corpus', target);
  const n = counts.get(target) ?? 0;
  if (n === 0) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (name.startsWith('seed-')) rmSync(join(folder, name));
  }
  counts.set(target, n + 1);
  writeFileSync(join(folder, `seed-${String(n).padStart(2, '0')}`), bytes);
}
const vector = (name) => {
  const found = vectors.find((v) => v.name === name);
  if (!found) throw new Error(`no vector ${name}`);
  return Buffer.from(found.hex, 'hex');
};
const withByte = (byte, bytes) => Buffer.concat([Buffer.from([byte]), bytes]);
const headerOf = (frame) => frame.subarray(8, 8 + (frame.readUInt32BE(4) & 0xffffff));
const bodyOf = (frame) => frame.subarray(8 + (frame.readUInt32BE(4) & 0xffffff));

// A request in the shape that servers.cc describes.
function shaped(header, body) {
  const fields = Buffer.from(Object.entries(header.extFields ?? {}).map(([k, v]) => `${k}=${v}\n`).join(''));
  const head = Buffer.alloc(7);
  head.writeUInt16BE(header.code & 0xffff, 0);
  head[2] = ((header.flag ?? 0) & 2 ? 1 : 0) | ((header.version ?? 0) > 400 ? 4 : 0);
  head.writeUInt16BE(fields.length, 3);
  head.writeUInt16BE(Math.min(body.length, 0xffff), 5);
  return Buffer.concat([head, fields, body.subarray(0, 0xffff)]);
}

for (const v of vectors) {
  if (!v.hex || v.meaning?.code === undefined) continue;
  const frame = Buffer.from(v.hex, 'hex');
  if (frame.length < 8 || frame.readUInt32BE(0) !== frame.length - 4) continue;
  seed('frame_stream', withByte(31, frame));
  seed(frame[4] === 0 ? 'json_header' : 'binary_header', headerOf(frame));
}

const seen = new Map();
const bySession = new Map();
for (const { server, client, initiator, request } of exchanges) {
  if (initiator !== 'client' || !request?.hex) continue;
  const frame = Buffer.from(request.hex, 'hex');
  if (frame.length < 8 || frame.length > 6000) continue;
  const kind = server.startsWith('broker') ? 'broker' : 'namesrv';
  const version = server.endsWith('4.9.8') ? 1 : 0;
  const key = `${server} ${request.header.code} ${frame[4]}`;
  const n = seen.get(key) ?? 0;
  seen.set(key, n + 1);
  if (n < 2) {
    seed(`${kind}_frames`, withByte(version, frame));
    seed(`${kind}_requests`, withByte(version, shaped(request.header, bodyOf(frame))));
  }
  if (frame[4] === 1 && n < 2) seed('binary_header', headerOf(frame));
  if (request.header.code === 34 && n < 4) seed('heartbeat_data', bodyOf(frame));
  if (request.header.code === 103 && n < 2) {
    seed('register_broker_body', withByte(2, bodyOf(frame)));
    seed('register_broker_body', withByte(3, deflateSync(bodyOf(frame))));
  }
  if (request.header.code === 310 && n < 8) seed('message_properties', Buffer.from(request.header.extFields?.i ?? ''));
  if (request.header.code === 320 && n < 4) seed('batch_body', bodyOf(frame));
  // Whole conversations, so that later requests meet what earlier ones left.
  const session = `${kind} ${version} ${client}`;
  const requests = bySession.get(session) ?? [];
  if (requests.length < 24) requests.push(shaped(request.header, bodyOf(frame)));
  bySession.set(session, requests);
}
for (const [session, requests] of bySession) {
  const [kind, version] = session.split(' ');
  seed(`${kind}_requests`, withByte(Number(version), Buffer.concat(requests)));
}
for (const { request, response } of exchanges) {
  if (request?.header?.code !== 105 && request?.header?.code !== 106) continue;
  if (!response?.hex || (counts.get('topic_route_data') ?? 0) >= 8) continue;
  const body = bodyOf(Buffer.from(response.hex, 'hex'));
  if (body.length > 0 && body.length < 4000) seed('topic_route_data', body);
}
seed('topic_route_data', bodyOf(vector('get_routeinfo_response_standard_json')));
seed('topic_route_data', bodyOf(vector('get_routeinfo_response_legacy_numeric_keys')));
seed('heartbeat_data', vector('heartbeat_body_consumer'));
seed('register_broker_body', withByte(2, bodyOf(vector('register_broker_request_json'))));
seed('register_broker_body', withByte(0, Buffer.from('{"counter":1,"stateVersion":0,"timestamp":1}')));
seed('register_broker_body', withByte(0, Buffer.from('{"table":{"a":"b"}}')));
seed('batch_body', vector('batch_body_two_messages'));
for (const name of ['stored_batch_two_records', 'stored_message_v1_ipv4', 'stored_message_v2_ipv6']) {
  seed('stored_message', vector(name));
}
seed('stored_message', bodyOf(vector('pull_message_response_found_json')));
seed('decompression', withByte(0, vector('lz4_frame_body_stored_block')));
seed('decompression', withByte(0, vector('lz4_frame_body_compressed_block')));
seed('decompression', withByte(1, vector('zstd_body')));
seed('decompression', withByte(2, deflateSync(Buffer.alloc(100000, 'x'))));
seed('decompression', withByte(2, deflateSync(Buffer.from('Hello RocketMQ'))));
for (const text of ['127.0.0.1:10911', '[2001:db8::10]:10911', '7F00000100002A9F0000000000000123',
  'C0A8010A123412345678000001230001', Buffer.from('v1 TopicTest broker-a 1767225600001 7F000001').toString('base64url')]) {
  seed('small_texts', Buffer.from(text));
}
const scenarios = join(here, '../../scenarios');
const wanted = new Set(['async', 'basics', 'codes', 'connections', 'detector', 'request_reply', 'routing', 'transactions', 'trace']);
for (const theme of readdirSync(scenarios)) {
  if (!wanted.has(theme) || !existsSync(join(scenarios, theme))) continue;
  const files = readdirSync(join(scenarios, theme)).filter((name) => name.endsWith('.json')).sort();
  for (const name of files.slice(0, 2)) seed('scenario_file', readFileSync(join(scenarios, theme, name)));
}
// Whole runs: of every theme what is shortest, and producers that are used at the wrong time.
for (const theme of readdirSync(scenarios).sort()) {
  const folder = join(scenarios, theme);
  if (theme.includes('.') || !existsSync(folder)) continue;
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const texts = files.map((name) => readFileSync(join(folder, name))).sort((a, b) => a.length - b.length);
  for (const text of texts.slice(0, theme === 'lifecycle' ? 9 : 2)) seed('scenario_run', text);
}
const tiny = (steps, more = {}) => Buffer.from(JSON.stringify({
  version: 1, name: 'tiny', why: 'x', cluster: { brokers: ['a', 'b'], topics: [{ name: 'T', queues: 2 }] },
  producers: [{ name: 'p', autoStart: false }], steps, expect: [{ sends: 'all', outcome: 'SEND_OK' }], ...more }));
const start = { do: { startProducer: 'p' } };
const shutdown = { do: { shutdownProducer: 'p' } };
const every = [{ send: { topic: 'T' } }, { send: { topic: 'T', mode: 'async', count: 3 } }, { send: { topic: 'T', mode: 'oneway' } },
  { send: { topic: 'T', batch: 2 } }, { send: { topic: 'T', queue: { broker: 'a', queueId: 0 } } },
  { send: { topic: 'T', selector: { kind: 'hash', arg: 'x' } } }, { transaction: { topic: 'T' } }, { request: { topic: 'T' } }, { recall: { sends: 0 } },
  { do: { setConfig: { producer: 'p', config: { sendMsgTimeout: 1000 } } } }];
for (const steps of [every, [start, ...every], [...every, start, ...every, shutdown, ...every], [start, start, ...every], [start, shutdown, start, ...every]]) {
  seed('scenario_run', tiny(steps));
}
const sends = (mode) => ({ background: true, send: { topic: 'T', mode, count: 4, intervalMs: 20 } });
seed('scenario_run', tiny([start, sends('async'), sends('sync'), { atMs: 30, ...shutdown }, { atMs: 40, ...start }]));
seed('scenario_run', tiny([start, sends('async'), { waitMs: 10 }, { do: { crash: ['a', 'b'] } }, { waitMs: 10 }, { do: { restart: 'a' } }, shutdown]));
seed('scenario_run', tiny([start, { concurrency: 3, send: { topic: 'T', count: 6 } }, { transaction: { topic: 'T', local: 'unknown', check: ['commit'] } }],
  { faults: [{ at: 'a', on: 'send', nth: '1-3', do: { drop: 'request' } }, { at: '*', on: 'heartbeat', probability: 0.5, do: { close: 'before' } }] }));
// Conversations with the control interface: method and target, a line end, the body, a zero byte.
const calls = (...list) => Buffer.from(list.map(([call, body]) => `${call}\n${body === undefined ? '' : JSON.stringify(body)}\0`).join(''));
const busy = { id: 'busy', at: 'broker-a', on: 'send', times: 2, do: { respond: { code: 'SYSTEM_BUSY' } } };
seed('control_requests', calls(['POST /v1/faults', busy], ['GET /v1/faults'], ['GET /v1/faults/busy/near-misses?limit=3'],
  ['PUT /v1/faults/busy', { ...busy, nth: '1-3' }], ['POST /v1/faults/busy/reset'], ['DELETE /v1/faults/busy']));
seed('control_requests', calls(['POST /v1/faults', [{ at: '*', on: 'send', do: { delayMs: { min: 1, max: 9 } } },
  { at: 'broker-a', on: 'connect', do: { reset: 'before' } }]], ['POST /v1/faults/reset'], ['DELETE /v1/faults']));
for (const server of ['brokers/broker-a', 'nameservers/ns-1']) {
  seed('control_requests', calls(...['pause', 'resume', 'crash', 'restart'].map((what) => [`POST /v1/${server}/${what}`]), [`GET /v1/${server}`]));
}
seed('control_requests', calls(['POST /v1/gates', { id: 'g', at: '*', on: 'send' }], ['POST /v1/brokers/broker-a/pause'],
  ['POST /v1/gates/g/release', { count: 1 }], ['POST /v1/brokers/broker-a/resume'], ['GET /v1/gates/g'], ['POST /v1/gates/release'], ['DELETE /v1/gates/g']));
seed('control_requests', calls(['PUT /v1/topics/New', { queues: 2 }], ['GET /v1/topics'], ['PUT /v1/brokers/broker-a/perm', { topic: 'New', perm: 'r' }],
  ['PUT /v1/routes/T', { brokers: [{ broker: 'broker-a', queues: 3, perm: 'rw' }] }], ['GET /v1/routes/T'], ['DELETE /v1/routes/*/brokers/broker-a'], ['GET /v1/routes']));
seed('control_requests', calls(['GET /v1/requests?code=send&limit=2'], ['GET /v1/requests/count?outcome=SUCCESS'],
  ['GET /v1/requests/wait?code=send&count=100&timeoutMs=50'], ['GET /v1/messages?topic=T&limit=1'], ['GET /v1/messages/counts'], ['DELETE /v1/requests']));
seed('control_requests', calls(['GET /metrics'], ['GET /openapi.json'], ['GET /v1/health'], ['GET /v1/version'], ['PATCH /v1/faults'], ['GET /%2e%2e?a=%zz&a=1'], ['POST /v1/shutdown']));
for (const text of ['localhost:9390\nhttp://localhost:9390', '127.0.0.1\nnull', '[::1]:80\nhttp://[::1]:80', 'evil.example\nhttp://evil.example', 'box:1\n']) {
  seed('web_pages', Buffer.from(text));
}
for (const [target, n] of counts) console.log(`${target}: ${n}`);
