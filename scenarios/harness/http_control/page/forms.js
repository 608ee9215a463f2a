// Forms for objects that the interface takes, made of their JSON Schemas: keys, words, limits and explanations are the
// rows by which the server reads them.

let schemas = {};
export function use(description) { schemas = description.components.schemas; }

function resolved(schema) {
  if (!schema.$ref) return schema;
  const { $ref, ...own } = schema;
  return { ...resolved(schemas[$ref.split('/').pop()]), ...own };
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function choice(words, none) {
  const select = element('select');
  if (none !== null) select.append(element('option', { value: '', textContent: none }));
  for (const one of words) select.append(element('option', { value: one, textContent: one }));
  return select;
}

/// The alternative that a form can ask for: the first that is no object.
function simple(schema) {
  const all = (schema.anyOf ?? schema.oneOf ?? []).map(resolved);
  return all.find((one) => one.enum) ?? all.find((one) => one.type && one.type !== 'object') ?? schema;
}

/// { control, read }: read() is undefined for "not said".
function field(schema, required) {
  let is = resolved(schema);
  const words = is.enum ?? (is.anyOf ?? []).map(resolved).find((one) => one.enum)?.enum;
  if (words) {
    const control = choice(words, required ? null : '–');
    if (required && words.includes('SYSTEM_BUSY')) control.value = 'SYSTEM_BUSY';  // not a success, which is the first
    return { control, read: () => control.value || undefined };
  }
  if (is.const === true || is.type === 'boolean') {
    const control = element('input', { type: 'checkbox', checked: is.const === true });
    return { control, check: true, read: () => control.checked || undefined };
  }
  if (is.anyOf && is.anyOf.some((one) => resolved(one).type === 'string')) {
    const control = element('input', { type: 'text', size: 10, required });
    const number = is.anyOf.some((one) => resolved(one).type === 'integer');
    return { control, read: () => control.value === '' ? undefined
                                : number && /^\d+$/.test(control.value) ? Number(control.value) : control.value };
  }
  if (is.anyOf || is.oneOf) is = simple(is);
  if (is.type === 'integer' || is.type === 'number') {
    const control = element('input', { type: 'number', required, step: is.type === 'integer' ? 1 : 'any', size: 8 });
    if (is.minimum !== undefined) control.min = is.minimum;
    if (is.maximum !== undefined) control.max = is.maximum;
    return { control, read: () => control.value === '' ? undefined : Number(control.value) };
  }
  const control = element('input', { type: 'text', required, size: 12 });
  if (is.maxLength) control.maxLength = is.maxLength;
  return { control, read: () => control.value || undefined };
}

function labelled(key, made, description) {
  const label = element('label', { title: description ?? '' });
  made.control.name = key;
  if (made.check) label.className = 'check';
  label.append(...(made.check ? [made.control, key] : [key, made.control]));
  return label;
}

/// What one action takes.
function argument(key) {
  const schema = schemas.action.properties[key];
  const is = resolved(schema);
  if (is.type === 'object') {
    const parts = Object.entries(is.properties).map(([name, of]) =>
      [name, field(of, is.required?.includes(name)), of.description]);
    return {
      nodes: parts.map(([name, made, about]) => labelled(name, made, about)),
      read: () => Object.fromEntries(parts.map(([name, made]) => [name, made.read()]).filter(([, v]) => v !== undefined)),
    };
  }
  if (is.const === true) return { nodes: [], read: () => true };
  const made = field(schema, true);
  return { nodes: [labelled('value', made, is.description)], read: made.read };
}

/// A choice of one action and what it takes.
function actions() {
  const names = Object.keys(schemas.action.properties);
  const which = choice(names, null);
  const place = element('span', { className: 'bar' });
  let current;
  const change = () => {
    current = argument(which.value);
    place.replaceChildren(...current.nodes);
    which.title = schemas.action.properties[which.value].description ?? '';
  };
  which.addEventListener('change', change);
  change();
  return { nodes: [labelled('do', { control: which }, schemas.action.description), place],
           read: () => ({ [which.value]: current.read() }) };
}

/// Fills `form` with what `name` of the schemas asks for; `submit(body, fromNow)` does it. `servers()` names those that
/// `at` may be. Returns a function that brings the servers up to date.
export function build(form, name, title, servers, submit, preview) {
  const schema = schemas[name];
  const needed = schema.required ?? [];
  const reads = [];
  const more = element('div');
  const at = choice([], null);
  for (const [key, of] of Object.entries(schema.properties)) {
    if (key === 'at') {
      form.append(labelled(key, { control: at }, of.description));
      reads.push([key, () => at.value]);
    } else if (key === 'do') {
      const made = actions();
      form.append(...made.nodes);
      reads.push([key, made.read]);
    } else {
      const required = needed.includes(key);
      const made = field(of, required);
      (required ? form : more).append(labelled(key, made, of.description));
      reads.push([key, made.read]);
    }
  }
  const now = { control: element('input', { type: 'checkbox', checked: true }), check: true };
  more.append(labelled('times count from now', now, 'fromMs and toMs count from the moment at which this is added'));
  form.append(element('details', {}, element('summary', { textContent: 'more conditions' }), more));
  form.append(element('button', { textContent: title }));
  const shown = element('pre', { className: 'preview', tabIndex: 0 });
  shown.setAttribute('aria-label', 'the same as a command');
  form.append(shown);
  const read = () => Object.fromEntries(reads.map(([key, get]) => [key, get()]).filter(([, v]) => v !== undefined));
  const timed = (body) => now.control.checked && (body.fromMs !== undefined || body.toMs !== undefined);
  const show = () => { const body = read(); shown.textContent = preview(body, timed(body)); };
  form.addEventListener('input', show);
  form.addEventListener('change', show);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const body = read();
    submit(body, timed(body));
  });
  return () => {
    const names = servers(name);
    if ([...at.options].map((one) => one.value).join('\n') === names.join('\n')) return;
    const chosen = at.value;
    at.replaceChildren(...names.map((one) => element('option', { value: one, textContent: one })));
    if (names.includes(chosen)) at.value = chosen;
    show();
  };
}
