// The live page: reads /v1/events and shows it. Whatever comes from the network becomes text, never markup.
import { act, describe, lines } from './actions.js';
import { build, use } from './forms.js';

const MOST_ROWS = 200;     // shown of the list of requests
const MOST_KEPT = 2000;    // requests in memory
const WELL = new Set(['SUCCESS', 'ONEWAY', 'NO_ANSWER']);
const BEATS = new Set(['HEART_BEAT', 'REGISTER_BROKER', 'GET_BROKER_CLUSTER_INFO']);

const $ = (id) => document.getElementById(id);
const state = { requests: new Map(), ended: [], seen: 0, acted: 0, offset: 0, held: false,
                brokers: [], nameservers: [], clients: [], faults: [], gates: [], routes: [] };

/// Safe to show: no control characters and none that turn the direction of text, and not longer than a line or two.
function tame(text) {
  if (text === null || text === undefined) return '';
  const plain = String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
  return plain.length > 120 ? plain.slice(0, 119) + '…' : plain;
}

function cell(name, text, className) {
  const made = document.createElement(name);
  made.textContent = tame(text);
  if (className) made.className = className;
  if (name === 'th') made.scope = 'row';
  return made;
}

function put(node, text, className) {
  const shown = tame(text);
  if (node.textContent !== shown) node.textContent = shown;
  if (className !== undefined && node.className !== className) node.className = className;
}

function problem(error) {
  const place = $('problem');
  place.hidden = !error;
  place.textContent = error ? error.message : '';
}

async function run(method, target, body) {
  try {
    const answer = await act(method, target, body);
    problem(null);
    refresh();
    return answer;
  } catch (error) {
    problem(error);
    return null;
  }
}

function button(text, label, what) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.setAttribute('aria-label', text + ' ' + tame(label));
  made.addEventListener('click', what);
  return made;
}

/// Rows by key, kept while their thing is there: a button keeps its focus.
function keep(table, items, keyOf, make, update, empty) {
  const body = $(table).tBodies[0];
  const rows = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  let before = null;
  for (const item of items) {
    const key = keyOf(item);
    let row = rows.get(key);
    if (!row) {
      row = make(item);
      row.dataset.key = key;
    }
    rows.delete(key);
    update(row.cells, item);
    const place = before ? before.nextSibling : body.firstChild;
    if (row !== place) body.insertBefore(row, place);
    before = row;
  }
  for (const row of rows.values()) row.remove();
  if (items.length === 0) {
    const row = document.createElement('tr');
    const only = cell('td', empty, 'empty');
    only.colSpan = $(table).tHead.rows[0].cells.length;
    row.append(only);
    row.dataset.key = '';
    body.append(row);
  }
}

function blank(n, last) {
  const row = document.createElement('tr');
  row.append(cell('th', ''));
  for (let i = 1; i < n; ++i) row.append(cell('td', ''));
  if (last) row.cells[n - 1].append(...last);
  if (last) row.cells[n - 1].className = 'do';
  return row;
}

const STATES = { running: ['● running', 'good'], paused: ['‖ paused', 'wait'], crashed: ['✕ crashed', 'bad'] };

function showServers() {
  const all = [...state.nameservers.map((one) => ({ ...one, kind: 'nameservers' })),
               ...state.brokers.map((one) => ({ ...one, kind: 'brokers' }))];
  const does = (server, what) => button(what, server.name, () =>
    run('POST', `/v1/${server.kind}/${encodeURIComponent(server.name)}/${what}`));
  keep('servers', all, (one) => one.kind + '/' + one.name,
       (one) => blank(6, ['crash', 'restart', 'pause', 'resume'].map((what) => does(one, what))),
       (cells, one) => {
         put(cells[0], one.name);
         put(cells[1], ...STATES[one.state]);
         put(cells[2], one.upstream ? `${one.address} → ${one.upstream}` : one.address);
         put(cells[3], one.received);
         put(cells[4], one.stored ?? '–');
         const [crash, restart, pause, resume] = cells[5].children;
         crash.disabled = one.state === 'crashed';
         restart.disabled = one.state !== 'crashed';
         pause.disabled = one.state !== 'running';
         resume.disabled = one.state !== 'paused';
       }, 'no server is known yet');
}

function showRoutes() {
  keep('routes', state.routes, (one) => JSON.stringify([one.topic, one.nameserver]), () => blank(3),
       (cells, one) => {
         put(cells[0], one.topic);
         put(cells[1], one.nameserver);
         put(cells[2], one.queues.map((q) => `${q.broker} ${q.writeQueues}`).join(', '));
       }, 'no routes');
}

function showClients() {
  const groups = new Map();
  for (const one of state.clients) {
    if (one.broker) continue;
    const key = one.group ?? one.peer;
    const known = groups.get(key) ?? { key, group: one.group, peers: new Set(), servers: new Map(), requests: 0 };
    known.peers.add(one.peer.slice(0, one.peer.lastIndexOf(':')));
    known.servers.set(one.server, (known.servers.get(one.server) ?? 0) + 1);
    known.requests += one.requests;
    groups.set(key, known);
  }
  keep('clients', [...groups.values()], (one) => one.key, () => blank(4), (cells, one) => {
    put(cells[0], one.group === null ? one.key : [...one.peers].join(', '));
    put(cells[1], one.group ?? '–');
    put(cells[2], [...one.servers].map(([name, n]) => n > 1 ? `${name} ×${n}` : name).join(', '));
    put(cells[3], one.requests);
  }, 'no client is connected');
}

function ruleRest(rule) {
  const { id, at, on, do: action, ...more } = rule ?? {};
  const say = (value) => typeof value === 'object' ? Object.values(value).flat().join(' ') : value;
  const parts = Object.entries(action ?? {}).map(([key, value]) => value === true ? key : `${key} ${say(value)}`);
  for (const [key, value] of Object.entries(more)) parts.push(`${key} ${say(value)}`);
  return parts.join(', ');
}

function showRules() {
  const path = (one) => '/v1/faults/' + encodeURIComponent(one.id);
  keep('rules', state.faults, (one) => one.id,
       (one) => blank(7, [button('reset', one.id, () => run('POST', path(one) + '/reset')),
                          button('remove', one.id, () => run('DELETE', path(one)))]),
       (cells, one) => {
         put(cells[0], one.id);
         put(cells[1], one.rule?.at);
         put(cells[2], one.rule?.on);
         put(cells[3], ruleRest(one.rule), 'words');
         put(cells[4], one.matched);
         put(cells[5], one.acted, one.acted > 0 ? 'bad' : '');
       }, 'no rules: everything is answered as a real server does');
}

function showGates() {
  const path = (one) => '/v1/gates/' + encodeURIComponent(one.id);
  keep('gates', state.gates, (one) => one.id,
       (one) => blank(5, [button('release', one.id, () => run('POST', path(one) + '/release')),
                          button('remove', one.id, () => run('DELETE', path(one)))]),
       (cells, one) => {
         put(cells[0], one.id);
         put(cells[1], one.gate.at);
         put(cells[2], one.gate.on);
         put(cells[3], one.held.length, one.held.length > 0 ? 'wait' : '');
       }, 'no gates: nothing is held');
}

function asked(one) {
  if (!$('beats').checked && BEATS.has(one.code)) return false;
  const words = $('filter').value.trim().toLowerCase();
  if (!words) return true;
  const text = [one.server, one.code, one.topic, one.outcome, one.rule, one.group, one.peer].join(' ').toLowerCase();
  return words.split(/\s+/).every((word) => text.includes(word));
}

function requestRow(one) {
  const row = document.createElement('tr');
  const outcome = one.outcome ?? 'waiting';
  const how = one.outcome === null ? 'wait' : WELL.has(one.outcome) ? 'good' : 'bad';
  const mark = { wait: '… ', good: '', bad: '✕ ' }[how];
  row.append(cell('td', one.at.slice(11, 23)), cell('td', one.server), cell('td', one.code),
             cell('td', one.topic === null ? '' : one.queueId === null ? one.topic : `${one.topic}/${one.queueId}`, 'name'),
             cell('td', mark + outcome, how), cell('td', one.tookMs === null ? '' : millis(one.tookMs)),
             cell('td', one.rule, 'name'), cell('td', one.group, 'name'));
  if (one.rule) row.className = 'ruled';
  row.dataset.number = one.number;
  return row;
}

function showRequests() {
  if (state.held) return;
  const rows = [];
  const newest = [...state.requests.values()];
  for (let i = newest.length - 1; i >= 0 && rows.length < MOST_ROWS; --i) {
    if (asked(newest[i])) rows.push(requestRow(newest[i]));
  }
  $('requests').tBodies[0].replaceChildren(...rows);
}

function millis(value) {
  return value === undefined ? '–' : value < 1 ? `${Math.round(value * 1000)} µs` : `${value.toFixed(1)} ms`;
}

function showFigures() {
  const now = Date.now() - state.offset;
  while (state.ended.length > 0 && state.ended[0].at < now - 60_000) state.ended.shift();
  const recent = state.ended.filter((one) => one.at >= now - 10_000);
  const took = recent.map((one) => one.took).sort((a, b) => a - b);
  put($('rate'), (recent.length / 10).toFixed(1));
  put($('rate-bad'), (recent.filter((one) => one.bad).length / 10).toFixed(1));
  put($('acted'), state.acted);
  put($('seen'), state.seen);
  put($('p50'), millis(took[Math.floor(took.length / 2)]));
  put($('p99'), millis(took[Math.min(took.length - 1, Math.floor(took.length * 0.99))]));
  const bars = Array.from({ length: 60 }, () => [0, 0]);
  for (const one of state.ended) {
    const bar = bars[59 - Math.min(59, Math.max(0, Math.floor((now - one.at) / 1000)))];
    ++bar[0];
    if (one.bad) ++bar[1];
  }
  const most = Math.max(1, ...bars.map((bar) => bar[0]));
  const shapes = [];
  bars.forEach(([all, bad], i) => {
    for (const [n, name] of [[all, 'all'], [bad, 'not']]) {
      if (n === 0) continue;
      const shape = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      const high = Math.max(2, 60 * n / most);
      for (const [key, value] of Object.entries({ x: i * 10 + 1, width: 8, y: 60 - high, height: high, class: name })) {
        shape.setAttribute(key, value);
      }
      shapes.push(shape);
    }
  });
  $('minute').replaceChildren(...shapes);
  const ended = state.ended.length;
  $('minute').setAttribute('aria-label', `${ended} requests in the last minute, ` +
    `${state.ended.filter((one) => one.bad).length} of them did not end well, at most ${most} in a second`);
}

function show() {
  for (const draw of [showServers, showRoutes, showClients, showRules, showGates, showRequests, showFigures]) draw();
  for (const follow of followers) follow();
}

let drawn = null;
function soon() {
  drawn ??= setTimeout(() => { drawn = null; show(); }, 150);
}

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(path);
  return answer.json();
}

let refreshing = null;
const own = new Set();
function refresh() {
  refreshing ??= setTimeout(async () => {
    try {
      const [brokers, nameservers, clients, faults, gates, routes, topics] = await Promise.all(
        ['brokers', 'nameservers', 'clients', 'faults', 'gates', 'routes', 'topics'].map((what) => get('/v1/' + what)));
      Object.assign(state, { brokers: brokers.brokers, nameservers: nameservers.nameservers, clients: clients.clients,
                             faults: faults.faults, gates: gates.gates });
      // The brokers' own topics are as in any cluster; of one that is gone a route may still be there, and no topic.
      for (const one of topics.topics) if (one.system) own.add(one.topic);
      for (const one of brokers.brokers) own.add(one.name);
      const shown = new Set(routes.routes.flatMap((one) => one.topics).filter((topic) => !own.has(topic)));
      const known = [];
      for (const topic of [...shown].sort().slice(0, 50)) {
        const route = await get('/v1/routes/' + encodeURIComponent(topic)).catch(() => ({ routes: [] }));
        for (const one of route.routes) known.push({ topic, ...one });
      }
      state.routes = known;
      soon();
    } catch { /* the line of events says that nobody answers */ }
    refreshing = null;
  }, 120);
}

const SAID = {
  connection: (one) => `${one.broker ? 'broker' : 'client'} ${one.group ?? one.peer} ` +
    `${one.what === 'opened' ? 'connected to' : 'left'} ${one.server}`,
  server: (one) => `${one.server}: ${one.what}, now ${one.state}`,
  rule: (one) => `rule ${one.id} ${one.what}`,
  gate: (one) => `gate ${one.id} ${one.what}` + (one.released > 0 ? `, ${one.released} requests let go` : ''),
  registration: (one) => `${one.broker} is ${one.what === 'known' ? 'known to' : 'gone from'} ${one.nameserver}`,
  topic: (one) => `topic ${one.topic ?? 'all'}: ${one.what}`,
  route: (one) => `route of ${one.topic ?? 'all topics'}: ${one.what}`,
  log: () => 'the list of requests was emptied',
};

function news(one) {
  const item = document.createElement('p');
  item.textContent = tame(one.at.slice(11, 19) + ' ' + SAID[one.kind](one));
  $('news').prepend(item);
  while ($('news').children.length > 100) $('news').lastChild.remove();
}

function follow() {
  const source = new EventSource('/v1/events?after=0');
  source.addEventListener('open', () => {
    put($('link'), 'live', '');
    refresh();
  });
  source.addEventListener('error', () => {
    put($('link'), 'not connected: the program has ended, or cannot be reached; trying again', 'lost');
  });
  source.addEventListener('hello', (event) => {
    const hello = JSON.parse(event.data);
    state.offset = Date.now() - Date.parse(hello.now);
    if (hello.start !== state.start) {
      state.start = hello.start;
      state.requests.clear();
      state.ended = [];
      state.seen = state.acted = 0;
      $('news').replaceChildren();
    }
    put($('version'), hello.version);
  });
  source.addEventListener('missed', (event) => {
    put($('link'), `live; ${JSON.parse(event.data).count} events came too fast for this page`, '');
  });
  source.addEventListener('request', (event) => {
    const one = JSON.parse(event.data);
    if (state.requests.has(one.number)) return;
    state.requests.set(one.number, one);
    ++state.seen;
    if (state.requests.size > MOST_KEPT) state.requests.delete(state.requests.keys().next().value);
    soon();
  });
  source.addEventListener('answer', (event) => {
    const one = JSON.parse(event.data);
    if (state.requests.has(one.number)) state.requests.set(one.number, one);
    if (one.rule) ++state.acted;
    if (!BEATS.has(one.code)) {
      state.ended.push({ at: Date.parse(one.at) + one.tookMs, took: one.tookMs, bad: !WELL.has(one.outcome) });
    }
    if (one.rule) refresh();
    soon();
  });
  for (const kind of Object.keys(SAID)) {
    source.addEventListener(kind, (event) => {
      news(JSON.parse(event.data));
      refresh();
    });
  }
}

async function save(event) {
  event.preventDefault();
  const name = $('save-name').value;
  const text = await run('GET', '/v1/scenario?name=' + encodeURIComponent(name));
  if (text === null) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name + '.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

const followers = [];
async function begin() {
  use(await describe());
  const servers = () => [...state.brokers, ...state.nameservers].map((one) => one.name);
  const add = (path) => (body, now) => run('POST', path + (now ? '?times=now' : ''), body);
  const preview = (path) => (body, now) => {
    const said = lines('POST', path + (now ? '?times=now' : ''), body);
    return said.ctl ?? said.curl;
  };
  followers.push(build($('add-rule'), 'fault', 'Add the rule', () => [...servers(), '*'], add('/v1/faults'),
                       preview('/v1/faults')));
  followers.push(build($('add-gate'), 'gate', 'Add the gate', () => [...servers(), '*'], add('/v1/gates'),
                       preview('/v1/gates')));
  $('save').addEventListener('submit', save);
  $('hold').addEventListener('click', () => {
    state.held = !state.held;
    $('hold').setAttribute('aria-pressed', String(state.held));
    soon();
  });
  for (const id of ['filter', 'beats']) $(id).addEventListener('input', soon);
  follow();
  setInterval(soon, 1000);
  setInterval(refresh, 3000);
}

begin().catch(() => put($('link'), 'the program does not answer; reload this page when it runs again', 'lost'));
