// The drawings of the two-phase view: data and model, held and free, the machine, its codes, KL.
import { axes, element, say, shown } from "./shared.mjs";

const TOPS = [0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 20, 100, 1000]; // of the axis of KL
const HEIGHTS = [0.3, 0.6, 1.001]; // that the bars of averages can stand for
const LEVEL = 0.005; // averages that differ by less look level
const FAINT = 0.05; // weights that are weaker are not drawn
const HEIGHT = 190;

/** Units by name: visible ones 1, 2, ..., of a second group with a prime, hidden ones a, b, c. */
export function unitName(m, i) {
  if (i >= m.visible) return "abc"[i - m.visible];
  return m.encoder && i > 3 ? `${i - 3}\u2032` : String(i + 1);
}

const part = (name, ...children) => element("span", { class: `ebm-tp-${name}`, "aria-hidden": "true" }, ...children);
/** Sets what has changed, and spares the browser the rest. */
function put(node, name, text) {
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}
function grow(bar, share) {
  put(bar, "style", `--share: ${share.toFixed(3)}`);
}
const bars = () => [element("i"), element("i")];
const key = (name, text) => element("span", {}, part(`key ebm-tp-${name}`), text);

/** Sixteen visible states: data and model side by side above a picture; a press makes a state data, or not. */
export function stateBars(simulation) {
  const list = element("ol", { class: "ebm-tp-states" });
  const [legend, others] = [element("span"), element("span")];
  let built, states = [];

  function build({ encoder, visible, drawn }) {
    states = drawn.map((place, k) => {
      const on = Array.from({ length: visible }, (_, i) => (place >> i) & 1);
      const [p, said] = [part("p"), element("span", { class: "ebm-unseen" })];
      const pair = bars();
      const both = part("both", ...pair);
      const picture = part(encoder ? "eight" : "four", ...on.map((bit) => element("span", { class: bit ? "ebm-tp-on" : "" })));
      const name = encoder ? `unit ${(k >> 2) + 1} with unit ${(k & 3) + 1}\u2032` : on.join(" ");
      const box = encoder ? element("span", { class: "ebm-tp-state" }, p, both, picture)
        : element("button", { type: "button", class: "ebm-tp-state", onclick: () => simulation.toggle(k) },
          element("span", { class: "ebm-unseen" }, name), p, both, picture);
      return { node: element("li", {}, said, box), box, pair, p, said, name };
    });
    list.setAttribute("aria-label", encoder ? "The sixteen states with one unit on in each group" : "The sixteen visible states");
    list.replaceChildren(...states.map(({ node }) => node));
    say(legend, encoder ? "framed: data" : "framed: data, press a state to change that");
  }
  return {
    node: element("div", {}, list, element("div", { class: "ebm-tp-legend" },
      key("held", "data"), key("free", "model"), legend, others)),
    draw(words) {
      const { m, shares } = simulation;
      if (built !== m.encoder) build(m);
      built = m.encoder;
      const found = shares.values;
      const top = Math.max(...m.data, ...found.subarray(0, 16));
      states.forEach(({ node, box, pair, p, said, name }, k) => {
        grow(pair[0], m.data[k] / top);
        grow(pair[1], found[k] / top);
        put(node, "class", m.data[k] > 0 ? "ebm-tp-data" : "");
        if (!m.encoder) put(box, "aria-pressed", String(m.data[k] > 0));
        if (!words) return;
        say(p, shown(found[k]));
        say(said, `${name}: data ${shown(m.data[k], 4)}, model ${shown(found[k], 4)}`);
      });
      if (words) say(others, m.encoder ? `240 other states: ${shown(found[16], 3)}` : "");
    },
  };
}

/** Every average that moves a weight or a bias: with the data held, and running freely. */
export function pairBars(simulation) {
  const groups = element("div", { class: "ebm-tp-groups" });
  let built, items = [];

  function item(m, i, j) {
    const names = [...new Set([i, j])].map((unit) => unitName(m, unit));
    const [said, way, pair] = [element("span", { class: "ebm-unseen" }), part("way"), bars()];
    items.push({ pair, said, way, i, j, name: names.join(" and ") });
    return element("li", {}, said, part("both", ...pair), way, part("names", ...names.map((name) => element("span", {}, name))));
  }
  function build(m) {
    items = [];
    const units = Array.from({ length: m.n }, (_, i) => i);
    const pairs = units.flatMap((i) => units.filter((j) => j > i && m.links[i][j]).map((j) => [i, j]));
    const among = (low, high) => pairs.filter(([i, j]) => low(i) && high(j));
    const [seen, unseen] = [(i) => i < m.visible, (i) => i >= m.visible];
    const all = [
      ["units on", units.map((i) => [i, i])], ["visible pairs", among(seen, seen)],
      ["visible and hidden", among(seen, unseen)], ["hidden pairs", among(unseen, unseen)]].filter(([, list]) => list.length);
    groups.replaceChildren(...all.map(([name, list]) => element("div", { style: `--count: ${list.length}` },
      element("span", { "aria-hidden": "true" }, name),
      element("ul", { "aria-label": name }, ...list.map(([i, j]) => item(m, i, j))))));
  }
  return {
    node: element("div", {}, element("p", { class: "ebm-tp-title" }, "Averages \u27e8s\u1d62\u27e9 and \u27e8s\u1d62s\u2c7c\u27e9: how often on, and how often on together"), groups,
      element("div", { class: "ebm-tp-legend" },
        key("held", "data held"), key("free", "running freely"), element("span", {}, "the next step moves the weight \u2191 up, \u2193 down, = hardly"))),
    draw(words) {
      const { m } = simulation;
      const now = `${m.encoder} ${m.n}`;
      if (built !== now) build(m);
      built = now;
      const [pairs, means, ownPairs, ownMeans, W, b] = [...m.averages, m.W, m.b].map(({ values }) => values);
      const top = HEIGHTS.find((height) => [...means, ...ownMeans].every((mean) => mean <= height)); // no pair's is higher
      for (const { pair, said, way, i, j, name } of items) {
        const at = i * m.n + j;
        const [held, free, weight] = i === j ? [means[i], ownMeans[i], b[i]] : [pairs[at], ownPairs[at], W[at]];
        const gap = held - free;
        grow(pair[0], held / top);
        grow(pair[1], free / top);
        if (!words) continue;
        put(way, "style", `transform: scale(${(0.9 + Math.min(1.1, 6 * Math.abs(gap))).toFixed(1)})`);
        say(way, gap > LEVEL ? "\u2191" : gap < -LEVEL ? "\u2193" : "=");
        say(said, `${name}: held ${shown(held, 4)}, free ${shown(free, 4)}, ${i === j ? "bias" : "weight"} ${shown(weight, 4)}`);
      }
    },
  };
}

/** The machine: a line for each weight and a rim for each bias, wide if strong, dashed if negative. */
export function network(simulation) {
  const node = element("svg", { role: "img", class: "ebm-chart ebm-tp-net", "aria-label": "The machine's weights and biases", style: `height: ${HEIGHT}px` });
  let built, links = [], rims = [];

  function build(m, width) {
    const below = 118;
    const gap = m.encoder ? 0.7 : 0; // between the two groups, in units
    const pitch = Math.min(62, (width - 30) / (m.visible - 1 + gap));
    const left = (width - pitch * (m.visible - 1 + gap)) / 2;
    const radius = Math.min(13, pitch / 2 - 3);
    const wide = Math.min(90, width / 3.2);
    const units = Array.from({ length: m.n }, (_, i) => (i < m.visible
      ? [left + pitch * (i + (i > 3 ? gap : 0)), below] : [width / 2 + wide * (i - m.visible - (m.hidden - 1) / 2), 50]));
    const pairs = units.flatMap((_, i) => units.map((_, j) => [i, j])).filter(([i, j]) => i < j && m.links[i][j]);
    links = pairs.map(([i, j]) => {
      const [[x, y], [to, end]] = [units[i], units[j]];
      const bend = y === end ? (y === below ? 1 : -1) * (8 + 22 * (j - i)) : 0; // units of one row are joined by arcs
      return { i, j, path: element("path", { d: `M${x},${y} Q${(x + to) / 2},${(y + end) / 2 + bend} ${to},${end}` }) };
    });
    rims = units.map(([cx, cy]) => element("circle", { cx, cy, r: radius }));
    const names = units.map(([x, y], i) => element("text", { x, y: y + 4.5, "text-anchor": "middle" }, unitName(m, i)));
    node.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    node.replaceChildren(
      element("text", { x: 0, y: 13, class: "ebm-title" }, "Weights and biases"), ...links.map(({ path }) => path), ...rims, ...names,
      element("path", { class: "ebm-tp-plus", d: `M0,${HEIGHT - 5} h22`, "stroke-width": 3 }), element("text", { x: 27, y: HEIGHT - 1 }, "positive"),
      element("path", { class: "ebm-tp-minus", d: `M86,${HEIGHT - 5} h22`, "stroke-width": 3 }), element("text", { x: 113, y: HEIGHT - 1 }, "negative"));
  }
  function line(made, weight, least) {
    const strength = Math.abs(weight);
    put(made, "class", strength < FAINT ? "ebm-tp-none" : weight < 0 ? "ebm-tp-minus" : "ebm-tp-plus");
    put(made, "stroke-width", (strength < FAINT ? least : (8 * strength) / (strength + 6) + least / 2).toFixed(2));
  }
  return {
    node,
    draw() {
      const { m } = simulation;
      const width = node.clientWidth || 300;
      const now = `${m.encoder} ${m.n} ${width}`;
      if (built !== now) build(m, width);
      built = now;
      const [W, b] = [m.W.values, m.b.values];
      for (const { i, j, path } of links) line(path, W[i * m.n + j], 0);
      rims.forEach((rim, i) => line(rim, b[i], 1));
    },
  };
}

/** Where the hidden units of the encoder are when each of its patterns is held, and how they got there. */
export function codesChart(simulation) {
  const range = { low: -0.15, high: 1.15, ticks: [0, 1] };
  const chart = axes({ label: "p(b on) of each pattern", height: HEIGHT, xs: { ...range, label: "p(a on)" }, ys: range });
  const marks = Array.from({ length: 4 }, (_, k) => ({
    trail: element("polyline", { class: "ebm-tp-trail" }), dot: element("circle", { class: "ebm-tp-dot", r: 5 }),
    name: element("text", { class: "ebm-tp-name", "text-anchor": "middle" }, String(k + 1)),
  }));
  chart.layer.append(...["trail", "dot", "name"].flatMap((piece) => marks.map((mark) => mark[piece])));
  return {
    node: chart.node,
    draw() {
      const { m, trace } = simulation;
      if (!m.encoder) return;
      chart.fit();
      const order = Array.from({ length: 4 }, (_, k) => m.v.values.subarray(8 * k, 8 * k + 4).indexOf(1));
      order.forEach((pattern, k) => {
        const { trail, dot, name } = marks[pattern];
        const way = trace.map(({ codes }) => [codes[2 * k], codes[2 * k + 1]]);
        const [x, y] = [chart.x(way.at(-1)[0]), chart.y(way.at(-1)[1])];
        trail.setAttribute("points", chart.path(way));
        dot.setAttribute("cx", x);
        dot.setAttribute("cy", y);
        name.setAttribute("x", x + (pattern % 2 ? 11 : -11)); // so that codes that are shared can be told
        name.setAttribute("y", y + (pattern > 1 ? 14 : -5));
      });
    },
  };
}

/** KL against the number of steps. */
export function klChart(simulation) {
  const node = element("div");
  const line = element("polyline", { class: "ebm-line" });
  const dot = element("circle", { class: "ebm-tp-dot", r: 4 });
  let chart, top, marks;

  function build() {
    chart = axes({
      label: "KL(data || model), in nats", height: HEIGHT,
      xs: { low: 1, high: simulation.most, log: true, ticks: [1, 10, 100, 1000, [10000, "10\u2074"]], label: "steps" },
      ys: { low: 0, high: top, ticks: [0, top / 2, top] },
    });
    node.replaceChildren(chart.node);
    chart.fit();
    place();
  }
  function place() {
    chart.layer.replaceChildren(...marks.flatMap(([value, text]) => [
      element("polyline", { class: "ebm-mark", points: chart.path([[1, value], [simulation.most, value]]) }),
      element("text", { class: "ebm-mark-text", x: chart.x(simulation.most), y: chart.y(value) - 5, "text-anchor": "end" }, text)]),
    line, dot);
  }
  return {
    node,
    draw() {
      const { m, trace } = simulation;
      const highest = Math.max(...trace.map(({ kl }) => kl), ...m.marks.map(([value]) => 1.2 * value));
      const wanted = TOPS.find((value) => value >= highest) ?? TOPS.at(-1);
      if (wanted !== top || marks !== m.marks) {
        [top, marks] = [wanted, m.marks];
        build();
      } else if (chart.fit()) place();
      const points = trace.map(({ step, kl }) => [Math.max(1, step), Math.min(top, kl)]);
      line.setAttribute("points", chart.path(points.slice(trace[0].step ? 0 : 1)));
      dot.setAttribute("cx", chart.x(points.at(-1)[0]));
      dot.setAttribute("cy", chart.y(points.at(-1)[1]));
    },
  };
}
