// Bundles each widget into one self-contained ES module beside the Python that loads it.
import { context, build } from "esbuild";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const out = fileURLToPath(new URL("../jupyter_hpo/widgets/static/", import.meta.url));
const widgets = ["dashboard", "editor"];
const options = {
  entryPoints: Object.fromEntries(widgets.map((w) => [w, `src/widget/${w}.ts`])),
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await (await context({ ...options, minify: false })).watch();
  console.log("watching src/");
} else {
  await build(options);
  for (const widget of widgets) {
    const bytes = readFileSync(`${out}${widget}.js`);
    const kb = (n) => (n / 1000).toFixed(1);
    console.log(`${widget}.js ${kb(bytes.length)} kB, ${kb(gzipSync(bytes).length)} kB gzip`);
  }
}
