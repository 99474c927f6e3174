// anywidget is published as one AMD module, `define(["@jupyter-widgets/base"], factory)`.
// esbuild replaces the global `define` by this one, so no AMD loader is needed in the page.
let factory;
export function define(_dependencies, f) {
  factory = f;
}
export const defined = () => factory;
