// Makes a map with npm's umap-js, seeded, and says how long it took.
//
//   node bench/peers/umap_js.mjs PACKAGE_FOLDER FEATURES OUT
//
// PACKAGE_FOLDER is where `npm install umap-js` was run. A file holds two int64 (rows, dimensions) and float32 values; so does OUT.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const [folder, features, to] = process.argv.slice(2);
const { UMAP } = createRequire(path.resolve(folder, "index.js"))("umap-js");
const bytes = fs.readFileSync(features);
const rows = Number(bytes.readBigInt64LE(0)), dimensions = Number(bytes.readBigInt64LE(8));
const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 16, bytes.byteOffset + 16 + rows * dimensions * 4));
const data = Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * dimensions, (row + 1) * dimensions)));
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const started = performance.now();
const points = new UMAP({ random }).fit(data);
const seconds = (performance.now() - started) / 1000;
const out = Buffer.alloc(16 + rows * 8);
out.writeBigInt64LE(BigInt(rows), 0);
out.writeBigInt64LE(2n, 8);
points.forEach(([x, y], row) => {
  out.writeFloatLE(x, 16 + row * 8);
  out.writeFloatLE(y, 20 + row * 8);
});
fs.writeFileSync(to, out);
console.log(JSON.stringify({ seconds }));
