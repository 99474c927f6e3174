// The packages of TeX that the book's formulas need, in pages and in the EPUB.
export const packages = ["base", "ams", "newcommand", "noundefined", "configmacros", "boldsymbol"];
