// What was said of a mutant, for tests/mutation/run:
//     line FOLDER               in one line
//     clean FOLDER              exit status 1 when anything was found, or one of them broke down
//     found FOLDER              exit status 1 when nothing was found
//     ablation FOLDER NAME N    as a row: the median of N seeds of the runs that each part of the drawing took
//     seeds FOLDER NAME N       as a row: how many of the campaigns of N seeds found it, after how much
//     campaigns FOLDER N PATCH...  how many of the mutants one campaign found, of those of N seeds
//     row FOLDER PATCH PAGE     as a row of the page's table, in the place of the one before; the sums below it are new
// FOLDER holds, of each of library, explore and uniform that looked, NAME.json (the report) and NAME.status (exit status,
// seconds). A column that was not looked at keeps what the page says of it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const NOTHING = "–";
const [, , verb, folder, patch, page] = process.argv;

/// null when it did not look.
function read(name) {
  const file = join(folder, name);
  if (!existsSync(`${file}.status`)) return null;
  const [status, seconds] = readFileSync(`${file}.status`, "utf8").split(" ").map(Number);
  let report = null;
  try {
    report = JSON.parse(readFileSync(`${file}.json`, "utf8"));
  } catch {
    // a run that was killed has none
  }
  return { status, seconds, report };
}

function ending({ status }) {
  if (status === 124 || status === 137) return "does not end";
  return status > 128 ? `ends with signal ${status - 128}` : `ends with status ${status}`;
}

const names = (set) => [...set].map((name) => `\`${name}\``).join(", ");

function libraryCell(library) {
  if (library.report === null) return ending(library);
  // What was cut off says nothing of the runs that it did not get to.
  const bad = library.report.filter((run) => run.verdict !== "passed" && !/interrupted/.test(run.reason ?? ""));
  if (bad.length === 0) return NOTHING;
  const counts = new Map();
  for (const run of bad) {
    const broken = new Set(run.failures.map((f) => f.check).filter((check) => check.startsWith("invariant ")));
    if (run.verdict === "inconclusive") broken.add("invariant (does not come to its end)");
    for (const check of broken) counts.set(check.slice(10), (counts.get(check.slice(10)) ?? 0) + 1);
  }
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => `\`${name}\` ${n}`);
  const cut = library.status === 124 ? ` (cut off after ${library.seconds.toFixed(0)} s)` : "";
  return `${bad.length}: ${kinds.length > 0 ? kinds.join(", ") : "expectations only"}${cut}`;
}

/// Found by, after how much, size of the shrunk scenario, cause.
function exploreCells(explore) {
  if (explore.report === null) return [`${ending(explore)} (${explore.seconds.toFixed(0)} s)`, NOTHING, NOTHING, NOTHING];
  const found = [...explore.report.findings, ...explore.report.deviations].sort(
    (a, b) => (a.afterSeconds ?? 0) - (b.afterSeconds ?? 0),
  );
  if (found.length === 0) return [NOTHING, NOTHING, NOTHING, NOTHING];
  const first = found[0];
  const by = names(new Set(found.map((one) => one.finding ?? "deterministic")));
  const some = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
  const size =
    first.steps === undefined
      ? NOTHING
      : `${some(first.steps, "step")}, ${some(first.faults, "fault")}, ${some(first.brokers, "broker")}, ` +
        some(first.shrinkRuns, "run") +
        (first.certified ? "" : " (not minimal)");
  const cause = (first.cause ?? []).join("; ").replaceAll("|", "\\|") || NOTHING;
  const seconds = `${(first.afterSeconds ?? explore.seconds).toFixed(1)} s`;
  return [by, first.afterRuns === undefined ? seconds : `${some(first.afterRuns, "run")}, ${seconds}`, size, cause];
}

const library = read("library");
const explore = read("explore");
const uniform = read("uniform");
const cells = {
  library: library && libraryCell(library),
  explore: explore && exploreCells(explore),
  uniform: uniform && exploreCells(uniform)[1],
};
/// Of the cells of library and explore: whether it found something; that explore itself broke down is no finding.
const finds = (cell) => /^[1-9]|^`/.test(cell ?? "");
const anything = [cells.library, cells.explore?.[0]].some(finds);

function row(old) {
  const text = readFileSync(patch, "utf8");
  const head = text.slice(0, text.indexOf("\ndiff "));
  const [number, ...name] = basename(patch, ".patch").split("-");
  const catchers = /^Caught by: (.*)$/m.exec(head)[1].split(", ");
  const kept = (cell, at) => cell ?? old?.[at] ?? "";
  return [
    number,
    `[${name.join(" ")}](${basename(patch)})`,
    names(catchers),
    kept(cells.library, 3),
    ...(cells.explore ?? [4, 5, 6, 7].map((at) => old?.[at] ?? "")),
    kept(cells.uniform, 8),
  ];
}

function sums(rows) {
  const looked = (at) => rows.filter((cells) => cells[at] !== "");
  const count = (at, found = finds) => looked(at).filter((cells) => found(cells[at])).length;
  const by = (cell) => finds(cell) && !cell.includes("expectations only");
  const parts = [`the library finds ${count(3)} of ${looked(3).length}, ${count(3, by)} of them by an invariant`];
  if (looked(4).length > 0) parts.push(`explore ${count(4)} of ${looked(4).length}`);
  if (looked(8).length > 0) parts.push(`explore drawing uniformly ${count(8)} of ${looked(8).length}`);
  return `Of the mutants ${parts.join(",\n")}.${looked(4).length > 0 ? `\n${medians(looked(4))}` : ""}`;
}

/// Of what explore found: the figures that the page speaks of, in the middle of all.
function medians(rows) {
  const middle = (at, pattern) => {
    const value = median(rows.map((cells) => Number(pattern.exec(cells[at])?.[1] ?? Infinity)));
    return value === Infinity ? "not found" : value;
  };
  const slowest = Math.max(...rows.map((cells) => Number(/([\d.]+) s$/.exec(cells[5])?.[1] ?? 0)));
  const sized = rows.filter((cells) => finds(cells[6]));
  const minimal = sized.filter((cells) => !cells[6].includes("not minimal")).length;
  const told = sized.filter((cells) => /first differs in|send #\d+ decides/.test(cells[7])).length;
  const size = ["step", "fault", "broker", "run"].map((what) => middle(6, new RegExp(`(\\d+) ${what}`)));
  return (
    `Explore takes ${middle(5, /^(\d+) run/)} runs in the median, drawing uniformly ${middle(8, /^(\d+) run/)}; ` +
    `the slowest is found after ${slowest} s.\nIn the median a finding is shrunk to ${size[0]} step, ${size[1]} fault and ` +
    `${size[2]} broker, in ${size[3]} runs;\n${minimal} of ${sized.length} are certified as minimal, and the causes of ` +
    `${told} tell a decision.`
  );
}

function writeRow() {
  const BEGIN = "<!-- results -->\n";
  const END = "<!-- end of results -->";
  const text = readFileSync(page, "utf8");
  const begin = text.indexOf(BEGIN) + BEGIN.length;
  const end = text.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error(`${page} has no place for results`);
  const rows = new Map();
  for (const line of text.slice(begin, end).split("\n")) {
    // A bar inside a cell has a backslash before it.
    if (/^\| \d\d /.test(line)) rows.set(line.slice(2, 4), line.split(/(?<!\\)\|/).slice(1, -1).map((c) => c.trim()));
  }
  const number = basename(patch).slice(0, 2);
  rows.set(number, row(rows.get(number)));
  const sorted = [...rows].sort(([a], [b]) => a.localeCompare(b)).map(([, cells]) => cells);
  const table = [
    ["#", "mutant", "should be caught by", "library", "explore", "after", "shrunk to", "cause", "uniform"],
    Array(9).fill("---"),
    ...sorted,
  ].map((cells) => `| ${cells.join(" | ")} |`);
  writeFileSync(page, `${text.slice(0, begin)}\n${table.join("\n")}\n\n${sums(sorted)}\n\n${text.slice(end)}`);
}

/// Not found is more than any number.
function median(numbers) {
  return numbers.sort((a, b) => a - b)[(numbers.length - 1) >> 1];
}

function ablation() {
  const seeds = upTo(page);
  const cells = ["none", "boundaries", "swarm", "rescue", "guidance", "all"].map((part) => {
    const runs = seeds.map((seed) => read(`${part}-${seed}`)?.report?.findings?.[0]?.afterRuns ?? Infinity);
    const missed = runs.filter((n) => n === Infinity).length;
    const middle = median(runs);
    return `${middle === Infinity ? NOTHING : middle}${missed > 0 ? ` (${missed} of ${runs.length} not)` : ""}`;
  });
  console.log(`| ${patch} | ${cells.join(" | ")} |`);
}

/// After how many runs and seconds the campaign of a seed, below a folder, found something; never is Infinity.
function detection(name) {
  const report = read(name)?.report;
  const found = report && [...report.findings, ...report.deviations][0];
  return { runs: found?.afterRuns ?? Infinity, seconds: found?.afterSeconds ?? Infinity };
}

const upTo = (n) => Array.from({ length: Number(n) }, (_, i) => i + 1);

function seedsRow() {
  const all = upTo(page).map((seed) => detection(String(seed)));
  const found = all.filter((one) => one.runs < Infinity);
  const cells =
    found.length === 0
      ? [NOTHING, NOTHING, NOTHING]
      : [
          median(found.map((one) => one.runs)),
          `${median(found.map((one) => one.seconds)).toFixed(1)} s`,
          `${Math.max(...found.map((one) => one.seconds)).toFixed(1)} s`,
        ];
  console.log(`| ${patch} | ${found.length} of ${all.length} | ${cells.join(" | ")} |`);
}

function campaigns() {
  const mutants = process.argv.slice(5).map((one) => basename(one, ".patch"));
  const counts = upTo(patch).map(
    (seed) => mutants.filter((name) => detection(join(name, "seeds", String(seed))).runs < Infinity).length,
  );
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  console.log(`\nOf ${mutants.length} mutants a campaign finds ${median(counts)} in the median of ${counts.length} seeds (${least} to ${most}).`);
}

if (verb === "row") writeRow();
if (verb === "seeds") seedsRow();
if (verb === "campaigns") campaigns();
if (verb === "ablation") ablation();
if (verb === "line") {
  const parts = [];
  if (cells.library) parts.push(`library ${cells.library} in ${library.seconds.toFixed(1)} s`);
  if (cells.explore) parts.push(`explore ${cells.explore.slice(0, 3).join(" · ")}`);
  if (cells.uniform) parts.push(`uniform ${cells.uniform}`);
  console.log(parts.join("; "));
}
if (verb === "clean" && (anything || [library, explore].some((one) => one && one.status !== 0))) process.exit(1);
if (verb === "found" && !anything) process.exit(1);
