// Bundles each widget into one self-contained ES module beside the Python that loads it, and the
// JupyterLab extension into what JupyterLab's own builder makes of it.
import { build, context, transform } from "esbuild";
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../jupyter_hpo/widgets/static/");
const widgets = ["dashboard", "editor"];
// A style sheet is a text that the script puts into the page.
const styles = {
  name: "styles",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    }),
};
const options = {
  absWorkingDir: here("."),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [styles],
  logLevel: "warning",
};
const ofWidgets = {
  ...options,
  entryPoints: Object.fromEntries(widgets.map((w) => [w, `src/widget/${w}.ts`])),
  outdir: out,
};
// One script that an exported report holds in itself.
const ofReport = {
  ...options,
  format: "iife",
  entryPoints: { report: "src/report/index.ts" },
  outdir: out,
};
// JupyterLab's packages are those of the JupyterLab that loads the extension. The dashboard is a
// file of its own, loaded when it is shown.
const ofLab = {
  ...options,
  splitting: true,
  entryPoints: { lab: "src/lab/index.ts" },
  outdir: here("lib"),
  external: ["@jupyterlab/*", "@lumino/*"],
};

function federate() {
  const builder = here("node_modules/@jupyter/builder/lib/build-labextension.js");
  const core = here("node_modules/@jupyterlab/core-meta/core.package.json");
  const args = [builder, "--core-package-file", core, here(".")];
  const said = execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" });
  if (/warning/i.test(said)) console.warn(said);
}

const kb = (n) => (n / 1000).toFixed(1);
function tell(name, files) {
  const texts = files.map((file) => readFileSync(file));
  const all = texts.reduce((sum, text) => sum + text.length, 0);
  const packed = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
  console.log(`${name} ${kb(all)} kB, ${kb(packed)} kB gzip`);
}

if (process.argv.includes("--watch")) {
  await (await context({ ...ofWidgets, minify: false })).watch();
  console.log("watching src/");
} else {
  await build(ofWidgets);
  for (const widget of widgets) tell(`${widget}.js`, [`${out}${widget}.js`]);
  await build(ofReport);
  tell("report.js", [`${out}report.js`]);
  rmSync(ofLab.outdir, { recursive: true, force: true });
  await build(ofLab);
  federate();
  const files = here("../jupyter_hpo/labextension/static/");
  const scripts = readdirSync(files).filter((name) => name.endsWith(".js"));
  tell("labextension", scripts.map((name) => files + name));
}
