// TeX input with the packages of this bundle.
import "mathjax-full/components/src/input/tex-base/lib/tex-base.js";
import { registerTeX } from "mathjax-full/components/src/input/tex/register.js";
import { packages } from "./tex-packages.js";

registerTeX(packages);
