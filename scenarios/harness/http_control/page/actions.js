// Requests of the public interface, and the same as lines for a shell: `curl`, and `rmqsim ctl` as the interface's own
// description says it (x-rmqsim-ctl).

let description = { paths: {} };

export async function describe() {
  description = await (await fetch('/openapi.json')).json();
  return description;
}

/// As one word of a shell.
export function word(text) {
  return /^[A-Za-z0-9_.,:/@%+=-]+$/.test(text) ? text : "'" + String(text).replaceAll("'", "'\\''") + "'";
}

const option = (key) => '--' + key.replace(/[A-Z]/g, (c) => '-' + c.toLowerCase());

/// A rule or gate as options; null when it says more than options can.
function options(body) {
  const words = [];
  let remark = null;
  for (const [key, value] of Object.entries(body)) {
    if (key === 'at' || key === 'do') continue;
    if (value === true) words.push(option(key));
    else if (value !== false) words.push(option(key), word(String(value)));
  }
  for (const [key, value] of Object.entries(body.do ?? {})) {
    if (value === true) words.push(option(key));
    else if (typeof value !== 'object') words.push(option(key), word(String(value)));
    else if ('code' in value && (remark === null || remark === value.remark)) {
      words.push(option(key), word(String(value.code)));
      remark = value.remark ?? null;
    } else return null;
  }
  if (remark !== null) words.push('--remark', word(remark));
  return [word(body.at), ...words].join(' ');
}

/// The description's path for one that is filled in, and what stands for its parameters.
function described(method, path) {
  const parts = path.split('/');
  for (const [pattern, operations] of Object.entries(description.paths)) {
    const wanted = pattern.split('/');
    const operation = operations[method.toLowerCase()];
    if (!operation || wanted.length !== parts.length) continue;
    const found = {};
    const same = wanted.every((part, i) => {
      if (!part.startsWith('{')) return part === parts[i];
      found[part] = decodeURIComponent(parts[i]);
      return true;
    });
    if (same) return { operation, found };
  }
  return null;
}

export function lines(method, target, body) {
  const url = location.origin + target;
  let curl = 'curl -sS' + (method === 'GET' ? '' : ' -X ' + method) + ' ' + word(url);
  if (body !== undefined) curl += " -d " + word(JSON.stringify(body));
  const [path, query] = target.split('?');
  const known = described(method, path);
  const template = known?.operation['x-rmqsim-ctl'];
  if (!template) return { curl, ctl: null };
  let ctl = template.replace(/\{\w+\}/g, (name) => word(known.found[name]));
  const settings = new URLSearchParams(query);
  if (settings.get('times') === 'now') ctl += ' --from-now';
  if (settings.get('name')) ctl += ' --name ' + word(settings.get('name'));
  ctl += ' --control ' + location.origin;
  if (body !== undefined && Object.keys(body).length > 0) {
    const as = options(body);
    ctl = as === null ? 'echo ' + word(JSON.stringify(body)) + ' | ' + ctl + ' --file -'
                      : ctl.replace(template, () => template + ' ' + as);
  }
  return { curl, ctl };
}

/// Does it, tells the list of what was done, and returns the answer; throws what the server says is wrong.
export async function act(method, target, body) {
  const said = lines(method, target, body);
  let answer;
  try {
    answer = await fetch(target, {
      method, body: body === undefined ? undefined : JSON.stringify(body),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    });
  } catch {
    throw new Error('the program does not answer: it has ended, or cannot be reached');
  }
  const text = await answer.text();
  show(said, answer.ok);
  if (answer.ok) return text;
  let why = text;
  try { why = JSON.parse(text).error; } catch { /* it is no JSON, and shown as it is */ }
  throw new Error(why);
}

function show(said, done) {
  const list = document.getElementById('said');
  const item = document.createElement('li');
  if (!done) item.append('refused: ');
  for (const [name, line] of Object.entries(said)) {
    if (line === null) continue;
    const pre = document.createElement('pre');
    pre.dataset.kind = name;
    pre.tabIndex = 0;
    pre.textContent = line;
    item.append(pre);
  }
  list.prepend(item);
  while (list.children.length > 50) list.lastChild.remove();
}
