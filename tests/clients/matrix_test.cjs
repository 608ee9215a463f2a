// Whether a matrix is the one that somebody has checked against the client's source, cell by cell:
//     rmqsim conformance … --json | node matrix_test.cjs MATRIX.json
// Every cell that is not "not applicable" stands in that file: as a profile, or with the sentences about the client of
// which one explains it, always or, as the sentence says, sometimes. A new scenario in which the client differs has to be
// added there, by who read its source. Ends with 2 when nothing but the machine's stalls is in the way.
'use strict';

const fs = require('node:fs');

const file = process.argv[2];
const checked = JSON.parse(fs.readFileSync(file, 'utf8'));
const matrix = JSON.parse(fs.readFileSync(0, 'utf8'));
const wrong = [], open = [];

for (const [name, ids] of Object.entries(checked.cells)) {
  for (const id of Array.isArray(ids) ? ids : []) {
    if (!checked.sentences[id]) wrong.push(`${file}: ${name} is explained by ${id}, which is no sentence`);
  }
}
if (!matrix.cells.some((cell) => cell.client === checked.client)) wrong.push(`the matrix is not about ${checked.client}`);

const seen = new Set();
for (const cell of matrix.cells.filter((one) => one.client === checked.client)) {
  const known = checked.cells[cell.scenario];
  const said = `${cell.scenario}: ${cell.verdict} ${cell.as.join(', ')} ${cell.reason ?? ''}`;
  if (cell.verdict === 'not applicable') {
    if (known) wrong.push(`${said} - ${file} says that it can be played`);
    continue;
  }
  seen.add(cell.scenario);
  if (cell.verdict === 'inconclusive') {
    open.push(said);
  } else if (!known && cell.verdict === 'as') {
    console.log(`${said} - not in ${file} yet`);
  } else if (!known) {
    wrong.push(`${said} - nobody has checked this cell; ${file} wants it with a sentence about the client`);
  } else if (cell.verdict === 'as') {
    // One that draws its first queue may by luck not come by where it would differ.
    const profile = Array.isArray(known) ? '' : known.slice('as'.length).trim();
    if (profile && cell.as.join() !== profile) wrong.push(`${said} - it should be ${known}`);
    const sometimes = Array.isArray(known) && known.some((id) => checked.sentences[id].sometimes);
    if (Array.isArray(known) && !sometimes) wrong.push(`${said} - it should differ`);
  } else if (cell.verdict !== 'differs' && cell.verdict !== 'breaks an invariant') {
    wrong.push(said);
  } else if (!Array.isArray(known)) {
    wrong.push(`${said} - it should be ${known}`);
  } else if (!known.some((id) => new RegExp(checked.sentences[id].reason).test(cell.reason))) {
    wrong.push(`${said} - explained by none of ${known.join(', ')}`);
  }
}
for (const name of Object.keys(checked.cells)) {
  if (!seen.has(name)) wrong.push(`${name}: there is no such cell`);
}

if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
if (open.length > 0) {
  console.error(open.join('\n'));
  process.exit(2);
}
console.log(`${seen.size} cells of ${checked.client}, each as it was checked`);
