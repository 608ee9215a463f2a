'use strict';

/*
 * What a run left, as the page reads it. Each run is one JSON text: columns of integers (microseconds since the first
 * step), strings by their place in one list. A column of equal numbers is that number alone; columns of starts hold
 * differences.
 */

/**
 * Kinds of outcomes of an attempt or a request: what they are called, and the names that belong to them. What became of
 * requests that were not answered, by faults or by themselves, is in UNANSWERED, which the program makes of its rows.
 */
const KINDS = [
  { key: 'ok', name: 'answered well', sign: '', words: ['SEND_OK', 'SUCCESS', 'REPLY', 'RECALLED'] },
  { key: 'sent', name: 'oneway, nobody answers', sign: '', words: ['SENT'] },
  {
    key: 'doubtful',
    name: 'stored, but doubtful',
    sign: '?',
    words: ['FLUSH_DISK_TIMEOUT', 'FLUSH_SLAVE_TIMEOUT', 'SLAVE_NOT_AVAILABLE'],
  },
  { key: 'refused', name: 'refused with a code', sign: '!', words: [] },
  { key: 'timeout', name: 'no answer in time', sign: 'T', words: ['TIMEOUT'] },
  {
    key: 'connection',
    name: 'connection failed',
    sign: '✕',
    words: ['CONNECT_FAILED', 'SEND_FAILED', 'CONNECTION_CLOSED'],
  },
  { key: 'other', name: 'exception before any attempt', sign: '✕', words: ['EXCEPTION'] },
  { key: 'incomplete', name: 'never ended', sign: '…', words: ['INCOMPLETE', ''] },
];
const KIND_OF_WORD = new Map(KINDS.flatMap((kind, i) => kind.words.map((word) => [word, i])));
for (const [word, key] of Object.entries(UNANSWERED)) {
  KIND_OF_WORD.set(word, KINDS.findIndex((kind) => kind.key === key));
}
const REFUSED = KINDS.findIndex((kind) => kind.key === 'refused');
const OTHER = KINDS.findIndex((kind) => kind.key === 'other');
const INCOMPLETE = KINDS.findIndex((kind) => kind.key === 'incomplete');

/** Any other word is the name of a response code. */
function kindOf(word) {
  return KIND_OF_WORD.get(word) ?? REFUSED;
}

/** A column as an array of `size` numbers. */
function column(packed, size) {
  return typeof packed === 'number' ? new Array(size).fill(packed) : packed;
}

function sums(packed, size) {
  const differences = column(packed, size);
  const out = new Float64Array(size);
  let at = 0;
  for (let i = 0; i < size; i += 1) {
    at += differences[i];
    out[i] = at;
  }
  return out;
}

class Run {
  /** Of the run's own text and its entry in the index, which is what `rmqsim run --json` prints. */
  constructor(data, entry) {
    const json = { ...entry, ...data };
    this.json = json;
    this.name = json.scenario;
    this.profile = json.profile;
    this.producers = json.producers;
    this.servers = json.servers;
    this.kinds = json.strings.map(kindOf);
    this.readSends(json.sends);
    this.readAttempts(json.attempts);
    this.readServers(json.servers);
  }

  text(i) {
    return i < 0 ? null : this.json.strings[i];
  }

  readSends(sends) {
    const n = sends.size;
    this.size = n;
    this.start = sums(sends.start, n);
    this.took = column(sends.took, n);
    this.outcome = column(sends.outcome, n);
    this.producer = column(sends.producer, n);
    this.mode = column(sends.mode, n);
    this.tries = column(sends.attempts, n);
    this.more = column(sends.more, n);
    this.queueOf = column(sends.broker, n);
    this.queueId = column(sends.queueId, n);
    this.first = new Int32Array(n + 1);
    for (let i = 0; i < n; i += 1) this.first[i + 1] = this.first[i] + this.tries[i];
  }

  readAttempts(attempts) {
    const n = attempts.size;
    this.attempts = n;
    this.tryStart = sums(attempts.start, n);
    this.tryTook = column(attempts.took, n);
    this.tryBroker = column(attempts.broker, n);
    this.tryQueue = column(attempts.queueId, n);
    this.tryTimeout = column(attempts.timeoutMs, n);
    this.tryOutcome = column(attempts.outcome, n);
    this.tryKind = new Uint8Array(n);
    for (let k = 0; k < n; k += 1) this.tryKind[k] = this.kinds[this.tryOutcome[k]];
    this.end = new Float64Array(this.size);
    this.kind = new Uint8Array(this.size);
    this.failed = new Uint8Array(this.size);
    let last = 0;
    for (let i = 0; i < this.size; i += 1) {
      let end = this.start[i] + Math.max(0, this.took[i]);
      for (let k = this.first[i]; k < this.first[i + 1]; k += 1) {
        end = Math.max(end, this.tryStart[k] + this.tryTook[k]);
      }
      this.end[i] = end;
      last = Math.max(last, end);
      this.kind[i] = this.kinds[this.outcome[i]];
      this.failed[i] = this.kind[i] === OTHER || this.kind[i] === INCOMPLETE ? 1 : 0;
    }
    this.lastEnd = last;
    this.byStart = new Uint32Array(this.size);
    let inOrder = true;
    for (let i = 0; i < this.size; i += 1) {
      this.byStart[i] = i;
      inOrder = inOrder && (i === 0 || this.start[i - 1] <= this.start[i]);
    }
    if (!inOrder) this.byStart.sort((a, b) => this.start[a] - this.start[b] || a - b);
  }

  readServers(servers) {
    for (const server of servers) {
      const requests = server.requests;
      const n = requests.size;
      server.n = n;
      server.at = sums(requests.at, n);
      server.took = column(requests.took, n);
      server.code = column(requests.code, n);
      server.outcome = column(requests.outcome, n);
      server.rule = column(requests.rule, n);
      server.send = column(requests.send, n);
      server.kind = new Uint8Array(n);
      server.longest = 0;
      for (let i = 0; i < n; i += 1) {
        server.kind[i] = this.kinds[server.outcome[i]];
        server.longest = Math.max(server.longest, server.took[i]);
      }
    }
  }

  /** First and last moment that anything is known of. */
  extent() {
    let from = 0;
    let to = Math.max(this.json.endUs, this.lastEnd, 1);
    for (const server of this.servers) {
      if (server.n > 0) {
        from = Math.min(from, server.at[0]);
        to = Math.max(to, server.at[server.n - 1]);
      }
    }
    return [from, to];
  }

  /** A run may be given up before some of its sends begin. */
  began(i) {
    return this.took[i] !== -2;
  }

  /** The ledger's row of a send, with the ledger's keys. */
  row(i) {
    const more = this.more[i] < 0 ? {} : JSON.parse(this.text(this.more[i]));
    const attempts = [];
    for (let k = this.first[i]; k < this.first[i + 1]; k += 1) {
      attempts.push({
        broker: this.text(this.tryBroker[k]),
        queueId: this.tryQueue[k],
        startMs: this.tryStart[k] / 1000,
        elapsedMs: this.tryTook[k] / 1000,
        timeoutMs: this.tryTimeout[k],
        outcome: this.text(this.tryOutcome[k]),
      });
    }
    return {
      i,
      mode: this.text(this.mode[i]),
      startMs: this.began(i) ? this.start[i] / 1000 : null,
      elapsedMs: this.took[i] < 0 ? null : this.took[i] / 1000,
      outcome: this.text(this.outcome[i]),
      broker: this.text(this.queueOf[i]),
      queueId: this.queueOf[i] < 0 ? null : this.queueId[i],
      attempts,
      exception: null,
      ...more,
    };
  }

  /** The words of `explain` about a send; null: they are not in this file. */
  async explained(i) {
    const blocks = this.json.words?.blocks ?? [];
    for (const block of blocks) {
      block.numbers ??= sums(block.sends, block.size);
      const line = block.numbers.indexOf(i);
      if (line < 0) continue;
      block.lines ??= inflated(block.text).then((text) => JSON.parse(text));
      return (await block.lines)[line];
    }
    return null;
  }
}

/** Text that was packed with zlib and written in base64 as addresses have it. */
async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Response(stream).text();
}

/** Micro-, milliseconds or seconds, whichever reads best. */
function time(us) {
  const size = Math.abs(us);
  if (size === 0) return '0 ms';
  if (size < 1000) return `${Math.round(us)} µs`;
  if (size < 1e6) return `${trimmed(us / 1000, 3)} ms`;
  return `${trimmed(us / 1e6, 3)} s`;
}

function trimmed(value, digits) {
  const shown = value.toPrecision(Math.max(digits, Math.trunc(Math.log10(Math.max(1, Math.abs(value)))) + 1));
  return shown.includes('.') ? shown.replace(/\.?0+$/, '') : shown;
}

function count(n, one, many = `${one}s`) {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** For words in tables: a name of 32 KB is shown by its beginning. */
function short(text, most = 120) {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length.toLocaleString('en')} characters)`;
}
