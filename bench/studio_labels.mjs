// What labeling in the studio brings: a user who knows the truth labels pictures of an unlabeled folder by lasso, keys and suggestions, beside one
// who labels pictures at random. Tells the accuracy of a linear classifier on other pictures by the number of clicks.
//
//   node bench/studio_labels.mjs RUN TRUTH.csv TEST.npy TEST_TRUTH.csv [SEEDS]
//
// RUN is a run on the unlabeled folder, with the studio's map. TRUTH.csv says file and label of its pictures. TEST.npy is what
// `moco embed RUN --data OTHERS -o TEST.npy` wrote, TEST_TRUTH.csv the same of its pictures (TEST.npy.names.csv will do where folders are classes).
// One action: a lasso, a click, a key, or the name of a class typed once.
import fs from "node:fs";
import path from "node:path";
import { startStudio } from "./studio_server.mjs";

const [run, truthFile, testFile, testTruthFile, seedCount = "3"] = process.argv.slice(2);
const budgets = [20, 50, 100, 200], inLasso = 12, looks = 30, suggested = 30;
const kept = path.join(run, "studio");

function random(seed) {
  let state = seed * 7919 + 1;
  return most => Math.floor((state = (state * 48271) % 2147483647) / 2147483647 * most);
}

function table(file) {
  const [head, ...rows] = fs.readFileSync(file, "utf8").trim().split("\n").map(line => line.split(","));
  const key = head.findIndex(name => name === "file" || name === "name"), value = head.indexOf("label");
  return new Map(rows.map(row => [row[key], row[value]]));
}

function embeddings(file) {
  const bytes = fs.readFileSync(file), length = bytes.readUInt16LE(8);
  const [rows, columns] = /'shape': \((\d+), (\d+)\)/.exec(bytes.toString("latin1", 10, 10 + length)).slice(1).map(Number);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 10 + length, bytes.byteOffset + 10 + length + 4 * rows * columns));
  const names = fs.readFileSync(`${file}.names.csv`, "utf8").trim().split("\n").slice(1).map(line => line.split(",")[0]);
  return { columns, names, row: i => values.subarray(i * columns, (i + 1) * columns) };
}

// logistic regression on standardized features, of the strength that the studio's own suggestions have
function fit(rows, labels, classes) {
  const n = rows.length, d = rows[0].length, mean = new Float64Array(d), deviation = new Float64Array(d);
  for (const row of rows) for (let i = 0; i < d; i++) mean[i] += row[i] / n;
  for (const row of rows) for (let i = 0; i < d; i++) deviation[i] += (row[i] - mean[i]) ** 2 / n;
  const scale = deviation.map(value => value > 0 ? 1 / Math.sqrt(value) : 0), weights = new Float64Array(classes * (d + 1));
  const inputs = rows.map(row => Float64Array.from({ length: d + 1 }, (_, i) => i === d ? 1 : (row[i] - mean[i]) * scale[i]));
  const scores = input => Array.from({ length: classes }, (_, c) => {
    let sum = 0;
    for (let i = 0; i <= d; i++) sum += weights[c * (d + 1) + i] * input[i];
    return sum;
  });
  const rate = 1 / (0.25 * d * n + 100);
  for (let round = 0; round < 300; round++) {
    const slope = weights.map((weight, i) => i % (d + 1) === d ? 0 : 100 * weight);
    inputs.forEach((input, at) => {
      const all = scores(input), most = Math.max(...all), powers = all.map(one => Math.exp(one - most)), sum = powers.reduce((a, b) => a + b);
      for (let c = 0; c < classes; c++) {
        const error = powers[c] / sum - (labels[at] === c ? 1 : 0);
        for (let i = 0; i <= d; i++) slope[c * (d + 1) + i] += error * input[i];
      }
    });
    for (let i = 0; i < weights.length; i++) weights[i] -= rate * slope[i];
  }
  return row => {
    const all = scores(Float64Array.from({ length: d + 1 }, (_, i) => i === d ? 1 : (row[i] - mean[i]) * scale[i]));
    return all.indexOf(Math.max(...all));
  };
}

const { studio, address, token } = await startStudio(run);
const get = async where => (await fetch(`${address}/api${where}`)).json();
async function post(where, what) {
  const answer = await fetch(`${address}/api${where}`,
    { method: "POST", headers: { "X-Moco-Token": token, "Content-Type": "application/json" }, body: JSON.stringify(what) });
  const document = await answer.json();
  if (!answer.ok) throw new Error(`${where}: ${document.what}`);
  return document;
}
const [{ id }] = await get("/runs"), { count } = await get(`/runs/${id}/map`);
const points = new Float32Array(await (await fetch(`${address}/api/runs/${id}/map/points`)).arrayBuffer());
const names = fs.readFileSync(path.join(kept, "map.csv"), "utf8").trim().split("\n").slice(1).map(line => line.split(",")[0]);
const truthOf = table(truthFile), truth = names.map(name => truthOf.get(name)), classes = [...new Set(truth)].sort();
const own = embeddings(path.join(kept, "embeddings.npy")), rowOf = new Map(own.names.map((name, row) => [name, row]));
const test = embeddings(testFile), testTruth = table(testTruthFile);

function accuracy() {
  const given = [...table(path.join(kept, "labels.csv"))];      // what the studio has written
  const judge = fit(given.map(([name]) => own.row(rowOf.get(name))), given.map(([, label]) => classes.indexOf(label)), classes.length);
  const right = test.names.filter((name, row) => classes[judge(test.row(row))] === testTruth.get(name)).length;
  return 100 * right / test.names.length;
}

class User {
  actions = 0;
  given = new Map();
  typed = new Set();

  async begin() {
    await post(`/runs/${id}/labels`, { places: names.map((_, place) => place), label: null });
  }

  /** Gives a selection a label: by its key, or by its name where it has none yet. */
  async label(places, name) {
    this.actions++;
    if (!this.typed.has(name)) this.typed.add(name);
    await post(`/runs/${id}/labels`, { places, label: name });
    for (const place of places) this.given.set(place, name);
  }
}

class RandomUser extends User {
  constructor(choose) { super(); this.choose = choose; }

  async turn() {
    let place;
    do place = this.choose(count); while (this.given.has(place));
    this.actions++;                                             // a click on the picture
    await this.label([place], truth[place]);
  }
}

class LassoUser extends User {
  constructor(choose) { super(); this.choose = choose; }

  // of some places of the map that it looks at, the one where one class, of which few have labels, lies alone
  async turn() {
    const counts = new Map(classes.map(name => [name, 0]));
    for (const name of this.given.values()) counts.set(name, counts.get(name) + 1);
    let best = null;
    for (let look = 0; look < looks; look++) {
      const around = this.choose(count);
      if (this.given.has(around)) continue;
      const inside = this.lasso(around), name = truth[around], right = inside.filter(place => truth[place] === name);
      const value = right.length - (inside.length - right.length) - counts.get(name) / 2;
      if (best === null || value > best.value) best = { value, inside, right, name };
    }
    this.actions += 1 + best.inside.length - best.right.length; // the lasso, and a click on each that is wrong
    await this.label(best.right, best.name);
  }

  lasso(around) {
    const far = place => (points[place] - points[around]) ** 2 + (points[count + place] - points[count + around]) ** 2;
    return names.map((_, place) => place).filter(place => !this.given.has(place))
      .map(place => [far(place), place]).sort((a, b) => a[0] - b[0]).slice(0, inLasso).map(([, place]) => place);
  }
}

class HelpedUser extends LassoUser {
  async turn() {
    if (this.given.size < budgets[1]) { await super.turn(); return; }
    const said = await post(`/runs/${id}/labels/suggest`, { count: suggested, unsure: true });
    const right = said.places.filter((place, i) => said.classes[said.labels[i]] === truth[place]);
    this.actions += 2 + said.places.length - right.length;      // Unsure ones, Accept, and a click on each that is wrong
    for (const name of said.classes) {
      const places = right.filter(place => truth[place] === name);
      if (places.length === 0) continue;
      await post(`/runs/${id}/labels`, { places, label: name });
      for (const place of places) this.given.set(place, name);
    }
    if (right.length === 0) await super.turn();
  }
}

const mean = values => values.reduce((a, b) => a + b) / values.length;
const users = { "at random": RandomUser, "by lasso": LassoUser, "by lasso, then unsure ones": HelpedUser };
try {
  for (const [name, Kind] of Object.entries(users)) {
    const results = budgets.map(() => []);
    for (let seed = 1; seed <= Number(seedCount); seed++) {
      const user = new Kind(random(seed));
      await user.begin();
      for (const [at, budget] of budgets.entries()) {
        while (user.given.size < budget) await user.turn();
        results[at].push([user.given.size, user.actions, user.typed.size, accuracy()]);
      }
    }
    for (const result of results)
      console.log(`${name}: ${[0, 1, 2].map(i => mean(result.map(one => one[i])).toFixed(0)).join(" labels, ").replace(/labels, (\d+)$/, "actions, $1 classes")}, `
        + `${mean(result.map(one => one[3])).toFixed(1)}% right (${result.map(one => one[3].toFixed(1)).join(", ")})`);
  }
} finally {
  studio.removeAllListeners("exit");
  studio.kill("SIGINT");
}
