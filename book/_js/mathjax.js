// MathJax 3 with what the book's formulas need: TeX in, HTML and CSS out, and hidden MathML for
// screen readers. Two thirds of the size of the stock file, which adds menus and a TeX autoloader.
// The order matters: each import registers itself with the parts before it.
import "./mathjax-parts.js";
import "mathjax-full/components/src/core/core.js";
import "./mathjax-tex.js";
import "mathjax-full/components/src/input/tex/extensions/ams/ams.js";
import "mathjax-full/components/src/input/tex/extensions/newcommand/newcommand.js";
import "mathjax-full/components/src/input/tex/extensions/noundefined/noundefined.js";
import "mathjax-full/components/src/input/tex/extensions/configmacros/configmacros.js";
import "mathjax-full/components/src/input/tex/extensions/boldsymbol/boldsymbol.js";
import "mathjax-full/components/src/output/chtml/chtml.js";
import "mathjax-full/components/src/output/chtml/fonts/tex/tex.js";
import "mathjax-full/components/src/a11y/assistive-mml/assistive-mml.js";
import "mathjax-full/components/src/startup/startup.js";
import "./formulas.js";
