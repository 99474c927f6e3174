// (within) => what cannot be read there: text needs a contrast of 4.5 with what is behind it, the
// edge or face of a control 3 (WCAG 2.2, level AA).
(within) => {
  const EDGED = ".noUi-handle, .jupyter-button:not(.mod-active), input[type=text], input[type=number], select";
  const FACED = ".noUi-connects, .noUi-connect, .jupyter-button.mod-active";

  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = rgb.map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  // A colour as it arrives at the eye: what is half transparent is mixed with what is behind it.
  const seen = (colour, e, background) => {
    let [r, g, b, alpha = 1] = channels(colour);
    for (let parent = e; parent; parent = parent.parentElement) alpha *= getComputedStyle(parent).opacity;
    return [r, g, b].map((c, i) => alpha * c + (1 - alpha) * background[i]);
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(e).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const hasText = (e) =>
    e.matches("input, select") || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());

  const faint = [];
  const check = (e, what, colour, background, least) => {
    const ratio = contrast(seen(colour, e, background), background);
    if (ratio < least) faint.push(`${what} of ${e.tagName}.${e.className}: ${ratio.toFixed(2)} < ${least}`);
  };
  for (const e of document.querySelectorAll(`${within} *`)) {
    if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest("script, style, [disabled], .mjx-assistive-mml")) continue;
    const style = getComputedStyle(e);
    if (hasText(e)) check(e, "text", style.color, behind(e), 4.5);
    if (e.matches(EDGED)) check(e, "edge", style.borderTopColor, behind(e.parentElement), 3);
    if (e.matches(FACED)) check(e, "face", style.backgroundColor, behind(e.closest(".jupyter-widgets").parentElement), 3);
  }
  return faint;
};
