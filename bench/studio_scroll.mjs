// Whether 60,000 thumbnails scroll without a gap in the studio: how many tiles in sight have no picture yet at each frame of a steady scroll, and how
// long a jump to anywhere takes to fill.
//
//   node bench/studio_scroll.mjs PACKAGE_FOLDER RUN DATA [COUNT]
//
// PACKAGE_FOLDER is where `npm install playwright-core` was run. RUN is any run: its files are copied. DATA is a folder of pictures in train/ and
// test/, in folders of classes, such as CIFAR-10's 60,000.
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startStudio } from "./studio_server.mjs";

const [packages, run, data, count = "60000"] = process.argv.slice(2);
const { chromium } = createRequire(path.resolve(packages, "index.js"))("playwright-core");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "studio-scroll-"));
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];

function makeRun() {
  const to = path.join(folder, "run"), root = path.resolve(data);
  fs.mkdirSync(path.join(to, "studio"), { recursive: true });
  for (const file of ["recipe.yaml", "metrics.jsonl"]) fs.copyFileSync(path.join(run, file), path.join(to, file));
  const environment = JSON.parse(fs.readFileSync(path.join(run, "environment.json"), "utf8"));
  fs.writeFileSync(path.join(to, "environment.json"), JSON.stringify({ ...environment, data: [root] }));
  const rows = ["name,label,x,y,cluster,new"];
  for (const name of fs.readdirSync(root, { recursive: true }).toSorted()) {
    if (!/\.(jpe?g|png)$/i.test(name) || rows.length > Number(count)) continue;
    rows.push(`${name},${name.split("/").at(-2)},${rows.length % 300},${Math.floor(rows.length / 300)},,false`);
  }
  fs.writeFileSync(path.join(to, "studio/map.csv"), rows.join("\n") + "\n");
  return rows.length - 1;
}

// in the page: what is in sight of the grid, and how much of it is without a picture or not there at all
const measure = `
  window.sight = grid => {
    const edge = grid.getBoundingClientRect(), tiles = [...grid.querySelectorAll(".tile")].map(tile => [tile, tile.getBoundingClientRect()])
      .filter(([, at]) => at.bottom > edge.top + 8 && at.top < edge.bottom - 8);
    const cell = tiles.length > 0 ? tiles[0][1].width + 6 : 98, columns = Math.max(1, Math.floor(grid.clientWidth / cell));
    const rows = Math.floor((edge.bottom - edge.top) / cell);
    const empty = tiles.filter(([tile]) => { const img = tile.querySelector("img"); return !img.complete || img.naturalWidth === 0; }).length;
    return { tiles: tiles.length, missing: Math.max(0, columns * rows - tiles.length), empty };
  };
  window.frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  window.scrolled = async (speed, seconds) => {
    const grid = document.querySelector(".mapside .grid"), frames = [], started = performance.now();
    let last = started;
    while (last - started < 1000 * seconds) {
      await frame();
      const now = performance.now();
      grid.scrollTop += speed * (now - last) / 1000;
      frames.push({ ...sight(grid), took: now - last });
      last = now;
    }
    return frames;
  };
  window.jumped = async share => {
    const grid = document.querySelector(".mapside .grid"), started = performance.now();
    grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
    do await frame(); while ((now => now.missing + now.empty > 0 || now.tiles === 0)(sight(grid)) && performance.now() - started < 20000);
    return performance.now() - started;
  };`;

const pictures = makeRun();
const { studio, url } = await startStudio(folder);
try {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(120_000);
  const [{ id }] = await (await fetch(new URL("/api/runs", url))).json();
  await page.goto(url);
  await page.evaluate(to => { location.hash = to; }, `#/map/${id}`);
  await page.getByRole("application").focus();
  await page.waitForTimeout(3000);
  await page.keyboard.press("Enter");
  await page.getByText(`${pictures.toLocaleString("en")} pictures selected`).waitFor();
  await page.evaluate(measure);
  for (const speed of [500, 1500, 4000]) {
    const frames = await page.evaluate(by => window.scrolled(by, 15), speed);
    const gaps = frames.map(one => one.missing + one.empty), tiles = frames.reduce((sum, one) => sum + one.tiles, 0);
    console.log(`${speed} pixels a second: ${frames.length} frames, median ${quantile(frames.map(one => one.took), 0.5).toFixed(0)} ms, 99% within `
      + `${quantile(frames.map(one => one.took), 0.99).toFixed(0)} ms; frames with a gap: ${gaps.filter(one => one > 0).length}; `
      + `tiles without a picture: ${(100 * gaps.reduce((a, b) => a + b) / tiles).toFixed(2)}%`);
  }
  const jumps = [];
  for (let i = 1; i <= 20; i++) jumps.push(await page.evaluate(to => window.jumped(to), i * 0.618 % 1));
  console.log(`20 jumps: filled after ${quantile(jumps, 0.5).toFixed(0)} ms (median), ${quantile(jumps, 1).toFixed(0)} ms at most`);
  const heap = await page.evaluate("performance.memory.usedJSHeapSize");
  const status = fs.readFileSync(`/proc/${studio.pid}/status`, "utf8");
  console.log(`${pictures} pictures; the page's heap ${(heap / 1e6).toFixed(0)} MB, the server ${(/VmHWM:\s+(\d+)/.exec(status)[1] / 1024).toFixed(0)} MB at most`);
  await browser.close();
} finally {
  studio.removeAllListeners("exit");
  studio.kill("SIGINT");
  fs.rmSync(folder, { recursive: true });
}
