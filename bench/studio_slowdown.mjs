// What a studio with an open page costs a training beside it: pairs of trainings with and without, in turn. Wants a machine that does nothing else.
//
//   node bench/studio_slowdown.mjs PACKAGE_FOLDER DATA [PAIRS [RECIPE]]        # 5 pairs of one epoch of fastai-moco-cifar10 by default
//
// PACKAGE_FOLDER is where `npm install playwright-core` was run. DATA is the recipe's pictures.
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { start, startStudio } from "./studio_server.mjs";

const [packages, data, pairs = "5", recipe = "fastai-moco-cifar10"] = process.argv.slice(2);
const { chromium } = createRequire(path.resolve(packages, "index.js"))("playwright-core");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "studio-slowdown-"));

const train = name => new Promise((resolve, reject) => {
  const run = path.join(folder, name), training = start("train", recipe, "--data", data, "--run", run, "--epochs", "1");
  let said = "";
  training.stderr.on("data", bytes => { said += bytes; });
  training.stdout.resume();
  training.on("exit", code => code === 0
    ? resolve(JSON.parse(fs.readFileSync(path.join(run, "metrics.jsonl"), "utf8").trim().split("\n").at(-1)).images_per_second)
    : reject(new Error(said)));
});

async function watched(name) {
  const { studio, url } = await startStudio(folder);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(url);
  await page.waitForSelector("nav");
  const rate = await train(name);
  await browser.close();
  studio.removeAllListeners("exit");
  studio.kill("SIGINT");
  await new Promise(resolve => studio.on("exit", resolve));
  return rate;
}

try {
  await train("warm-up");
  const ratios = [];
  for (let pair = 0; pair < Number(pairs); pair++) {
    const first = pair % 2 === 0 ? await train(`alone-${pair}`) : await watched(`watched-${pair}`);
    const second = pair % 2 === 0 ? await watched(`watched-${pair}`) : await train(`alone-${pair}`);
    const [alone, beside] = pair % 2 === 0 ? [first, second] : [second, first];
    ratios.push(beside / alone);
    console.log(`alone ${alone.toFixed(1)} images/s, beside a studio with an open page ${beside.toFixed(1)}: ${(100 * (1 - beside / alone)).toFixed(1)}% slower`);
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  console.log(`median ${(100 * (1 - sorted[sorted.length >> 1])).toFixed(1)}% slower`);
} finally {
  fs.rmSync(folder, { recursive: true });
}
