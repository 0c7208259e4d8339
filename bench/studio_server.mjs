// What the studio's scripts share: the tool, and a studio that it serves.
import { spawn } from "node:child_process";
import path from "node:path";

// MOCO names another build: MOCO="dotnet path/to/moco.dll"
export const moco = process.env.MOCO?.split(" ") ?? [path.resolve(import.meta.dirname, "../moco")];

export const start = (...words) => spawn(moco[0], [...moco.slice(1), ...words]);

// `url` opens the page; `address` and `token` are its parts.
export const startStudio = folder => new Promise((resolve, reject) => {
  const studio = start("studio", folder, "--port", "0", "--no-browser");
  let said = "";
  const listen = bytes => {
    said += bytes;
    const found = /(http\S+?)\/?#token=(\S+)/.exec(said);
    if (found) resolve({ studio, url: found[0], address: found[1], token: found[2] });
  };
  studio.stdout.on("data", listen);
  studio.stderr.on("data", listen);
  studio.on("exit", code => reject(new Error(`moco studio ended with ${code}: ${said}`)));
});
