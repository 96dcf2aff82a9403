// Builds dist/: app.css, board.css, wall.css, resident.js, staff.js, charts.js, wall.js, icons.svg, mark.svg, each beside its .br and .gz.
// Names carry no digest here: the program gives each file one when it embeds it, so every script
// must be a single file that imports nothing. `node build.mjs FOLDER` builds elsewhere.

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import { missing } from "./floor.mjs";

const home = import.meta.dirname;
const out = resolve(process.argv[2] ?? join(home, "dist"));
const target = ["chrome90", "safari14"];

// Residents load style, their script and the icons on a first visit: 60 KB is the promise, page included.
const residentLimit = 45 * 1024;

// htmx can evaluate text; our content security policy and its own setting forbid that, and the mere
// word keeps the minifier from shortening names. So it goes.
const withoutEval = {
  name: "without-eval",
  transform(code, id) {
    if (!id.endsWith("htmx.esm.js")) return null;
    const calm = code.replace(/\beval\(/g, "void (");
    if (calm === code) throw new Error("htmx no longer calls eval where we looked: look again at build.mjs");
    return { code: calm, map: null };
  },
};

const common = {
  root: home,
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  plugins: [withoutEval],
  css: { transformer: "lightningcss", lightningcss: { targets: { chrome: 90 << 16, safari: 14 << 16 } } },
};

async function script(name) {
  await build({
    ...common,
    build: {
      target,
      outDir: out,
      emptyOutDir: false,
      minify: true,
      modulePreload: false,
      lib: { entry: join(home, "src", `${name}.ts`), name: "lianxin", formats: ["iife"], fileName: () => `${name}.js` },
    },
  });
}

async function style(name) {
  await build({
    ...common,
    build: {
      target,
      cssTarget: target,
      outDir: out,
      emptyOutDir: false,
      cssMinify: "lightningcss",
      rollupOptions: { input: join(home, "style", `${name}.css`), output: { assetFileNames: "[name][extname]" } },
    },
  });
}

// One sprite of the icons that icons.txt names, drawn in the colour of the text around them.
async function icons() {
  const names = (await readFile(join(home, "icons.txt"), "utf8")).split("\n").map((line) => line.trim());
  const symbols = [];
  for (const name of names.filter((line) => line && !line.startsWith("#"))) {
    const svg = await readFile(join(home, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">` +
        body.replace(/\s+/g, " ").replace(/ \/>/g, "/>").replace(/> </g, "><").trim() +
        "</symbol>",
    );
  }
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  await writeFile(join(out, "mark.svg"), (await readFile(join(home, "mark.svg"), "utf8")).replace(/>\s+</g, "><").trim());
}

async function squeeze() {
  const sizes = {};
  for (const name of (await readdir(out)).filter((name) => !/\.(br|gz)$/.test(name))) {
    const body = await readFile(join(out, name));
    const br = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    const gz = gzipSync(body, { level: 9 });
    await writeFile(join(out, `${name}.br`), br);
    await writeFile(join(out, `${name}.gz`), gz);
    sizes[name] = { plain: body.length, gz: gz.length, br: br.length };
  }
  return sizes;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const name of ["app", "board", "theory", "wall"]) await style(name);
for (const name of ["resident", "staff", "verify", "charts", "sit", "wall"]) await script(name);
await icons();
const sizes = await squeeze();
console.table(sizes);
const first = ["app.css", "resident.js", "icons.svg", "mark.svg"].reduce((sum, name) => sum + (sizes[name]?.gz ?? 0), 0);
console.log(`a resident's first visit: ${(first / 1024).toFixed(1)} KB squeezed, beside the page itself`);
if (first > residentLimit) {
  console.error(`that is more than ${residentLimit / 1024} KB: make it smaller`);
  process.exit(1);
}
const absent = await missing(out);
if (absent.length > 0) {
  console.error(`what Chrome 90 does not have:\n${absent.join("\n")}`);
  process.exit(1);
}
