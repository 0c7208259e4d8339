// How long the studio's map takes for many points, and a frame while it is dragged: in Debian's Chromium on its software renderer.
//
//   node bench/studio_map.mjs PACKAGE_FOLDER RUN [POINTS ...]        # 200000 and 1000000 points by default
//
// PACKAGE_FOLDER is where `npm install playwright-core` was run. RUN is any run: its files are copied, and its map is made of points in ten heaps.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startStudio } from "./studio_server.mjs";

const [packages, run, ...counts] = process.argv.slice(2);
const { chromium } = createRequire(path.resolve(packages, "index.js"))("playwright-core");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "studio-map-"));
const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];

let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

function makeRun(points) {
  const to = path.join(folder, `points-${points}`);
  fs.mkdirSync(path.join(to, "studio"), { recursive: true });
  for (const file of ["recipe.yaml", "environment.json", "metrics.jsonl"]) fs.copyFileSync(path.join(run, file), path.join(to, file));
  const rows = ["name,label,x,y,cluster,new"];
  for (let i = 0; i < points; i++) {
    const heap = i % 10;
    const [x, y] = [5 * Math.cos(heap) + normal(), 5 * Math.sin(heap) + normal()].map(value => value.toFixed(4));
    rows.push(`c${heap}/${i}.png,class ${heap},${x},${y},${heap},false`);
  }
  fs.writeFileSync(path.join(to, "studio/map.csv"), rows.join("\n") + "\n");
}

const memoryOf = pid => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

// in the page: drags the map by 60 steps, and waits for each to be drawn
async function drag() {
  const map = document.querySelector(".mapbox"), edge = map.getBoundingClientRect();
  const send = (type, x, y) => map.dispatchEvent(new PointerEvent(type,
    { pointerId: 1, button: 0, clientX: edge.left + x, clientY: edge.top + y, bubbles: true }));
  const drawn = () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  map.setPointerCapture = () => {};
  const times = [];
  send("pointerdown", 300, 300);
  for (let step = 0; step < 60; step++) {
    const started = performance.now();
    send("pointermove", 300 + 2 * step, 300 + step);
    await drawn();
    times.push(performance.now() - started);
  }
  send("pointerup", 420, 360);
  return times;
}

const isDrawn = () => {
  const canvas = document.querySelector(".mapbox canvas");
  if (!canvas || canvas.width < 300) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 4; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1]) return true;
  return false;
};

const sizes = counts.length > 0 ? counts.map(Number) : [200_000, 1_000_000];
sizes.forEach(makeRun);
const { studio, url } = await startStudio(folder);
try {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const runs = await (await fetch(new URL("/api/runs", url))).json();
  for (const points of sizes) {
    const id = runs.find(one => one.name.endsWith(`points-${points}`)).id, first = [], frames = [];
    let heap = 0;
    for (let turn = 0; turn < 3; turn++) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
      page.setDefaultTimeout(120_000);
      await page.goto(url);
      await page.waitForSelector("nav");
      const started = performance.now();
      await page.evaluate(to => { location.hash = to; }, `#/map/${id}`);
      await page.waitForFunction(isDrawn);
      first.push(performance.now() - started);
      frames.push(...await page.evaluate(drag));
      heap = Math.max(heap, await page.evaluate("performance.memory.usedJSHeapSize"));
      await page.close();
    }
    const server = execFileSync("pgrep", ["-f", `moco.dll studio ${folder}`]).toString().trim().split("\n")[0];
    console.log(`${points.toLocaleString("en")} points: first picture ${(first[0] / 1000).toFixed(1)} s, later ${(median(first.slice(1)) / 1000).toFixed(1)} s; `
      + `a step of a drag ${median(frames).toFixed(0)} ms; the page's heap ${(heap / 1e6).toFixed(0)} MB, the server ${memoryOf(server).toFixed(0)} MB at most`);
  }
  await browser.close();
} finally {
  studio.removeAllListeners("exit");
  execFileSync("pkill", ["-INT", "-f", `moco.dll studio ${folder}`]);
  fs.rmSync(folder, { recursive: true });
}
