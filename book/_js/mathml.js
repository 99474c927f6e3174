// Formulas for the EPUB: a JSON list of [TeX, display] on standard input, a list of MathML on standard output.
// The same TeX as in the pages; what it cannot read ends the program with a message.
import { readFileSync } from "node:fs";
import { liteAdaptor } from "mathjax-full/js/adaptors/liteAdaptor.js";
import { STATE } from "mathjax-full/js/core/MathItem.js";
import { SerializedMmlVisitor } from "mathjax-full/js/core/MmlTree/SerializedMmlVisitor.js";
import { RegisterHTMLHandler } from "mathjax-full/js/handlers/html.js";
import { TeX } from "mathjax-full/js/input/tex.js";
import "mathjax-full/js/input/tex/AllPackages.js";
import { mathjax } from "mathjax-full/js/mathjax.js";
import { packages } from "./tex-packages.js";

RegisterHTMLHandler(liteAdaptor());
const visitor = new SerializedMmlVisitor();
const known = packages.filter((name) => name !== "noundefined"); // what a page shows in red is an error here

function convert([formula, display]) {
  const formatError = (_, error) => {
    console.error(`${error.message}: ${formula}`);
    process.exit(1);
  };
  const page = mathjax.document("", { InputJax: new TeX({ packages: known, formatError }) });
  const written = visitor.visitTree(page.convert(formula, { display, end: STATE.CONVERT }));
  return written.replace(/ data-mjx-[\w-]+="[^"]*"/g, ""); // notes that MathJax makes for itself
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(convert)));
