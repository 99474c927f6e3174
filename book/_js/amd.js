// anywidget is published as one AMD module, `define(["@jupyter-widgets/base"], factory)`.
// esbuild replaces the global `define` by this one, so no AMD loader is needed in the page.
let factory;
export function define(_dependencies, f) {
  factory = f;
}
export const defined = () => factory;

// anywidget gives a model two seconds to start, then reports an error: for the sake of messages from a
// kernel, which must not pile up. A page has no kernel, and a slow telephone may take longer.
export const patience = () => new AbortController().signal;
