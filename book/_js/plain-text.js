// Stands in for sanitize-html, a quarter of a megabyte of parsers, which ipywidgets uses for HTML in the
// descriptions of controls. This book's descriptions are words and formulas: whatever looks like a tag is text.
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export default function sanitize(text) {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character]);
}
sanitize.defaults = { allowedTags: [], allowedAttributes: {} };
