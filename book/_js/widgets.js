// Brings the widgets of an executed notebook to life in a static page: no kernel, no server.
//
// The page holds the widgets' state in one <script> and a placeholder <script> for every view.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import "anywidget";
import "@jupyter-widgets/controls/css/labvariables.css";
import "@jupyter-widgets/controls/css/widgets-base.css";
import { defined } from "./amd.js";
import { nameControls } from "./names.js";

const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

const modules = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget: defined()(base),
};

async function typeset(element) {
  const MathJax = await formulas;
  MathJax.typesetClear([element]);
  await MathJax.typesetPromise([element]);
}

class PageManager extends ManagerBase {
  // The hook by which ipywidgets sets the mathematics of its labels; without it, it calls MathJax 2.
  _rendermime = { latexTypesetter: { typeset } };

  async loadClass(className, moduleName) {
    const found = modules[moduleName]?.[className];
    if (!found) throw new Error(`This page has no widget ${className} of ${moduleName}`);
    return found;
  }

  async _get_comm_info() {
    return {};
  }

  async _create_comm() {
    return { on_close() {}, on_msg() {}, close() {}, send() {} };
  }
}

async function show(manager, placeholder) {
  const { model_id } = JSON.parse(placeholder.textContent);
  if (!manager.has_model(model_id)) return;
  const view = await manager.create_view(await manager.get_model(model_id));
  const element = document.createElement("div");
  element.className = "widget-subarea";
  placeholder.before(element);
  Widget.attach(view.luminoWidget, element);
  window.addEventListener("resize", () =>
    MessageLoop.postMessage(view.luminoWidget, Widget.ResizeMessage.UnknownSize),
  );
  await complete(view);
}

async function start() {
  for (const script of document.querySelectorAll(STATE)) {
    const manager = new PageManager();
    await manager.set_state(JSON.parse(script.textContent));
    await Promise.all([...document.querySelectorAll(VIEW)].map((view) => show(manager, view)));
  }
}

// A box is there before its children are, and an anywidget before it has drawn anything.
async function complete(view) {
  if (view.model.get("_model_module") === "anywidget" && !view.el.firstChild) {
    await new Promise((resolve) => new MutationObserver(resolve).observe(view.el, { childList: true }));
  }
  const children = await Promise.all(view.children_views?.views ?? []);
  await Promise.all(children.map(complete));
}

nameControls(controls);
const drawn = start();

// Formulas come after the first frame of the widgets, which their script would hold up, but not much later.
const mathjax = new URL("mathjax.js", document.currentScript.src);
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const patience = new Promise((resolve) => setTimeout(resolve, 2000));
const formulas = Promise.race([drawn.then(nextFrame).catch(reportError), patience]).then(loadMathJax);

async function loadMathJax() {
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: mathjax, onload: resolve, onerror: reject });
    document.head.append(script);
  });
  await window.MathJax.startup.promise;
  return window.MathJax;
}
