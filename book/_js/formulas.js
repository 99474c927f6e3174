// On a narrow page a long formula scrolls sideways: then the keyboard must reach it, and a name say what it is.

function mark() {
  for (const formula of document.querySelectorAll("mjx-container[display]")) {
    if (formula.scrollWidth > formula.clientWidth) {
      formula.tabIndex = 0;
      formula.setAttribute("role", "group");
      formula.setAttribute("aria-label", "formula, scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) formula.removeAttribute(name);
    }
  }
}

// A width is known when the formulas are set and their letters are there.
window.MathJax.startup.promise.then(() => {
  mark();
  document.fonts.addEventListener("loadingdone", mark);
  window.addEventListener("resize", mark);
});
