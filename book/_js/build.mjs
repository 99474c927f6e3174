// Bundles the page scripts into book/_assets/built. Called by scripts/page_scripts.py, which says
// where the installed Python package anywidget keeps its script, so that both are one version.
import { cpSync, rmSync } from "node:fs";
import { build } from "esbuild";

const [anywidget] = process.argv.slice(2);
const out = "book/_assets/built";

rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: { widgets: "book/_js/widgets.js", mathjax: "book/_js/mathjax.js" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "linked",
  inject: ["book/_js/amd.js"],
  define: {
    global: "globalThis", __dirname: '""', // names of Node in MathJax's sources
    "AbortSignal.timeout": "patience",
  },
  alias: { anywidget, "sanitize-html": "./book/_js/plain-text.js" },
  logLevel: "warning",
});
// MathJax looks for its fonts beside itself; a page loads the few it uses.
cpSync("node_modules/mathjax-full/es5/output", `${out}/output`, {
  recursive: true,
  filter: (path) => !path.endsWith(".js"),
});
