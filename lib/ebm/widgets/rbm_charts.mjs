// The drawings of the restricted Boltzmann machine: pictures, weights, and how learning went.
import { axes, element, say, shown } from "./shared.mjs";

const FULL = 3; // a weight this strong has the full colour

/** A 3 by 3 picture of cells: { node, cells }. */
function picture(name, attributes = {}) {
  const cells = Array.from({ length: 9 }, () => element("span"));
  return { node: element("div", { class: `ebm-picture ebm-${name}`, ...attributes }, ...cells), cells };
}

/** The letters with the probability of each, and what is left for all other pictures: { node, draw(ps) }. */
export function letterRow(names, letters) {
  const tiles = [...names].map((name, k) => {
    const { node, cells } = picture("glyph", { role: "img", "aria-label": `the letter ${name}` });
    cells.forEach((cell, i) => cell.classList.toggle("ebm-ink", letters[9 * k + i] === 1));
    const p = element("b");
    return { node: element("div", { class: "ebm-tile" }, node, element("p", {}, "p = ", p)), p };
  });
  const others = element("b");
  const rest = element("div", { class: "ebm-tile" },
    element("div", { class: "ebm-picture ebm-glyph ebm-others" }, `all ${512 - names.length} others`),
    element("p", {}, "p = ", others));
  return {
    node: element("div", { class: "ebm-glyphs" }, ...tiles.map(({ node }) => node), rest),
    draw(ps) {
      ps.forEach((p, k) => say(tiles[k].p, shown(p)));
      say(others, shown(Math.max(0, 1 - ps.reduce((a, p) => a + p, 0))));
    },
  };
}

function signed(w) {
  const text = shown(w, Math.abs(w) < 9.95 ? 1 : 0);
  return text.endsWith("0.0") && text.length < 5 ? "0.0" : w < 0 ? text : `+${text}`;
}

/** Weights as pictures: sign and size in each cell, orange below zero and blue above. */
export function fieldRow(n_h) {
  const fields = Array.from({ length: n_h + 1 }, (_, j) => {
    const { node, cells } = picture("weights", { role: "img" });
    const parts = cells.map((cell) => {
      const [fill, text] = [element("i"), element("span")];
      cell.append(fill, text);
      return { fill, text };
    });
    const bias = element("span");
    const name = j < n_h ? ["h", element("sub", {}, String(j + 1))] : ["biases of v"];
    return { tile: element("div", { class: "ebm-tile" }, node, element("p", {}, ...name, bias)), node, parts, bias };
  });
  return {
    node: element("div", { class: "ebm-receptive" }, ...fields.map(({ tile }) => tile)),
    draw(W, b_v, b_h) {
      fields.forEach(({ node, parts, bias }, j) => {
        const weights = parts.map((_, i) => (j < n_h ? W[i * n_h + j] : b_v[i]));
        weights.forEach((w, i) => {
          parts[i].fill.style.opacity = 0.5 * Math.min(1, Math.abs(w) / FULL);
          parts[i].fill.className = w < 0 ? "ebm-minus" : "";
          say(parts[i].text, signed(w));
        });
        if (j < n_h) say(bias, `: bias ${signed(b_h[j])}`);
        const whose = j < n_h ? `Weights of hidden unit ${j + 1}` : "Biases of the visible units";
        const label = `${whose}, row by row: ${weights.map(signed).join(" ")}`;
        if (node.getAttribute("aria-label") !== label) node.setAttribute("aria-label", label);
      });
    },
  };
}

/** Error and likelihood along the epochs, { node, draw(curve) }. */
export function learningCurves(most, best) {
  const xs = { low: 1, high: most, log: true, label: "epochs", ticks: [1, 10, 100, 1000, [10000, "10\u2074"]] };
  const charts = [
    axes({ label: "Reconstruction error", height: 170, xs, ys: { low: 0, high: 0.3, ticks: [0, 0.1, 0.2, 0.3] } }),
    axes({ label: "Mean log-likelihood, exact", height: 170, xs, ys: { low: -8, high: 0, ticks: [-8, -6, -4, -2, 0] } }),
  ];
  const lines = charts.map(({ layer }) => {
    const [line, dot] = [element("polyline", { class: "ebm-line" }), element("circle", { class: "ebm-dot", r: 4 })];
    layer.append(line, dot);
    return { line, dot };
  });
  const goal = element("g");
  charts[1].layer.prepend(goal);
  const limits = [[0, 0.3], [-8, 0]];
  const drawn = ["", ""];
  return {
    node: element("div", { class: "ebm-curves" }, ...charts.map(({ node }) => node)),
    draw(curve) {
      const sizes = charts.map((chart) => chart.fit()); // first, for it makes the browser lay out what was drawn
      charts.forEach((chart, k) => {
        const fresh = sizes[k];
        if (fresh && k) {
          goal.replaceChildren(
            element("polyline", { class: "ebm-mark", points: chart.path([[1, best], [most, best]]) }),
            element("text", { class: "ebm-mark-text", x: chart.x(1) + 4, y: chart.y(best) - 5 },
              `best possible: log \u2153 = ${shown(best)}`));
        }
        const last = curve.at(-1) ?? [];
        if (!fresh && drawn[k] === `${last}`) return;
        drawn[k] = `${last}`;
        const [low, high] = limits[k];
        const points = curve.map((row) => [row[0], Math.max(low, Math.min(high, row[k + 1]))]);
        const { line, dot } = lines[k];
        line.setAttribute("points", chart.path(points));
        dot.style.display = points.length ? "" : "none";
        if (!points.length) return;
        dot.setAttribute("cx", chart.x(points.at(-1)[0]));
        dot.setAttribute("cy", chart.y(points.at(-1)[1]));
      });
    },
  };
}

/** The hidden units' chances as bars with numbers, and what was drawn: { node, draw(p, h) }. */
export function hiddenBars(n_h) {
  const rows = Array.from({ length: n_h }, (_, j) => {
    const [fill, p, unit] = [element("i"), element("b"), element("span", { class: "ebm-unit" })];
    const bar = element("span", { class: "ebm-bar", "aria-hidden": "true" }, fill);
    return { node: element("div", { class: "ebm-chance" }, element("span", {}, "h", element("sub", {}, String(j + 1))), bar, p, unit), fill, p, unit };
  });
  return {
    node: element("div", { class: "ebm-chances" }, ...rows.map(({ node }) => node)),
    draw(ps, h) {
      rows.forEach(({ fill, p, unit }, j) => {
        fill.style.width = `${100 * ps[j]}%`;
        say(p, shown(ps[j]));
        unit.classList.toggle("ebm-ink", h[j] === 1);
        say(unit, h[j] ? "on" : "off");
      });
    },
  };
}

/** v' as it was drawn, with the chance of each unit: { node, draw(chances, v) }. */
export function reconstruction() {
  const { node, cells } = picture("returned", { role: "img" });
  return {
    node,
    draw(chances, v) {
      cells.forEach((cell, i) => {
        cell.classList.toggle("ebm-ink", v[i] === 1);
        say(cell, shown(chances[i]));
      });
      const label = `v\u2032: chances row by row ${chances.map((p) => shown(p)).join(" ")}; drawn ${v.map((on) => (on ? "ink" : "paper")).join(" ")}`;
      if (node.getAttribute("aria-label") !== label) node.setAttribute("aria-label", label);
    },
  };
}
