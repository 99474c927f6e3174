// What MathJax's loader must not look for in other files: it is all in this bundle.
import "mathjax-full/components/src/startup/init.js";
import { Loader } from "mathjax-full/js/components/loader.js";
import { packages } from "./tex-packages.js";

Loader.preLoad(
  "startup",
  "core",
  "input/tex-base",
  ...packages.slice(1).map((name) => `[tex]/${name}`),
  "output/chtml",
  "output/chtml/fonts/tex",
  "output/chtml/fonts/tex.js",
  "a11y/assistive-mml",
);
