// Compiles the schemas below SOURCE/scenarios in ajv's strict mode and validates every file of the library:
// node judge_library.cjs SOURCE. Ends with 0 when nothing is to be said against any of them.
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const Ajv = require('ajv');

const folder = path.join(process.argv[2], 'scenarios');
const schema = JSON.parse(fs.readFileSync(path.join(folder, 'scenario.schema.json'), 'utf8'));

// Every part of strict mode by name, so that none of them is left at a mere warning.
const ajv = new Ajv({
  strict: true, strictSchema: true, strictNumbers: true, strictTypes: true, strictTuples: true, strictRequired: true,
  allErrors: true,
});
const validate = ajv.compile(schema);

/// Without the comments that scenario files may hold.
function bare(text) {
  return text.replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (part) => (part[0] === '"' ? part : ' '));
}

const files = fs.readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json')).sort();
assert.ok(files.length >= 100, `only ${files.length} scenarios below ${folder}`);
for (const name of files) {
  const scenario = JSON.parse(bare(fs.readFileSync(path.join(folder, name), 'utf8')));
  assert.ok(validate(scenario), `${name}: ${ajv.errorsText(validate.errors, { separator: '\n' })}`);
  // A schema that takes everything would have passed as well.
  assert.ok(!validate({ ...scenario, version: 2 }), name);
  assert.ok(!validate({ ...scenario, fault: [] }), name);
}

// A line of a trace.
const judge = ajv.compile(JSON.parse(fs.readFileSync(path.join(folder, 'trace.schema.json'), 'utf8')));
const line = { t: 0.4, node: 'broker-a', event: 'answer', number: 1, code: 310, outcome: 'SUCCESS', stored: 1, acknowledged: true };
assert.ok(judge(line), ajv.errorsText(judge.errors));
for (const wrong of [{ more: 1 }, { stored: '1' }, { event: 'answers' }, { t: undefined }]) {
  assert.ok(!judge(JSON.parse(JSON.stringify({ ...line, ...wrong }))), JSON.stringify(wrong));
}
console.log(`ajv: strict mode compiles the schemas, ${files.length} scenarios are valid`);
