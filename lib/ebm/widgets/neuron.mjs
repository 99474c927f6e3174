import { axes, button, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const SLOWEST = 8; // flips a second at first, to be seen one by one
const GROWTH = 0.8; // and then so many a second for each flip made: steady on a logarithmic axis
const LAST = 20; // flips shown as coins
const CURVE = 120; // points of the curve

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const { saved: widest, flips: most } = model.get("limits");
  const words = array("u8", [4]);
  const on = array("i4", [most + 1]);
  const temperature = () => model.get("temperature");
  const pOn = (saved, T = temperature()) => call.p_on(saved, T);
  let history = [], owed = 0; // history: times on after each flip, from `first` flips on
  let first = 0;

  const flips = () => first + history.length - 1;
  const timesOn = () => history.at(-1);

  function begin([off, up]) {
    [first, history, owed] = [off + up, [up], 0];
    stage.draw();
  }

  function advance(count) {
    const some = Math.min(count, most - flips());
    if (some <= 0) return;
    on.values[0] = timesOn();
    call.flip(model.get("saved"), temperature(), words, on.reshaped([some + 1]));
    history.push(...on.values.subarray(1, some + 1));
  }

  const anew = () => begin([0, 0]);
  const stage = live(model, {
    advance(seconds) {
      if (flips() === most) anew();
      owed += seconds * Math.max(SLOWEST, GROWTH * flips());
      const count = Math.floor(owed);
      owed -= count;
      advance(count);
      if (flips() === most) model.set("running", false);
    },
    news: () => ({
      counts: [flips() - timesOn(), timesOn()], words: new DataView(words.values.slice().buffer),
    }),
    listeners: {
      "change:temperature": anew,
      "change:saved": anew,
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:counts": () => {
        const [off, up] = model.get("counts");
        if (up !== timesOn() || off + up !== flips()) begin([off, up]);
      },
    },
  });
  words.values.set(numbers("u8", model.get("words")));
  begin(model.get("counts"));
  stage.start();

  return {
    widest, most, flips, timesOn, pOn,
    show: stage.show,
    stop: stage.stop,
    get p() { return pOn(model.get("saved")); },
    get first() { return first; },
    get history() { return history; },
    error: (count) => call.standard_error(pOn(model.get("saved")), count),
    step() {
      model.set("running", false);
      if (flips() === most) anew();
      advance(1);
      stage.draw();
      stage.tell();
    },
    anew() { anew(); stage.tell(); },
    reset() {
      const { words: start, temperature: T, saved } = model.get("start");
      model.set({ temperature: T, saved, words: fromHex(start) });
      anew();
      stage.tell();
    },
  };
}

/** p(on) against the energy saved, at this temperature, between its two limits. */
function curveChart(model, { widest, pOn }) {
  const chart = axes({
    label: "p(on) at this temperature", xs: { low: -widest, high: widest, ticks: [-6, -3, 0, 3, 6], label: "energy saved by switching on" },
    ys: { low: 0, high: 1, ticks: [0, [0.5, "\u00bd"], 1] },
  });
  const limits = element("g");
  const curve = element("polyline", { class: "ebm-curve" });
  const lead = element("polyline", { class: "ebm-lead" });
  const dot = element("circle", { class: "ebm-dot", r: 6 });
  chart.layer.append(limits, lead, curve, dot);
  let drawn = "";
  return {
    node: chart.node,
    draw(p) {
      const [T, saved] = [model.get("temperature"), model.get("saved")];
      if (chart.fit()) {
        drawn = "";
        limits.replaceChildren(
          element("polyline", { class: "ebm-limit", points: chart.path([[-widest, 0], [0, 0], [0, 1], [widest, 1]]) }),
          element("polyline", { class: "ebm-limit", points: chart.path([[-widest, 0.5], [widest, 0.5]]) }),
          element("text", { x: chart.x(-0.25), y: chart.y(1) + 10, "text-anchor": "end" }, "cold: a step"),
          element("text", { x: chart.x(widest), y: chart.y(0.5) + 15, "text-anchor": "end" }, "hot: p = \u00bd"));
      }
      if (drawn === `${T} ${saved}`) return;
      drawn = `${T} ${saved}`;
      const along = Array.from({ length: CURVE + 1 }, (_, k) => widest * (2 * k / CURVE - 1));
      curve.setAttribute("points", chart.path(along.map((x) => [x, pOn(x)])));
      lead.setAttribute("points", chart.path([[saved, 0], [saved, p], [-widest, p]]));
      dot.setAttribute("cx", chart.x(saved));
      dot.setAttribute("cy", chart.y(p));
    },
  };
}

/** The share of flips that ended on, and how far from p it may well be, against the number of flips. */
function runChart(simulation) {
  const { most, error } = simulation;
  const chart = axes({
    label: "share of flips that ended on", xs: { low: 1, high: most, log: true, label: "flips",
      ticks: [1, 10, 100, 1000, [10000, "10\u2074"]] },
    ys: { low: 0, high: 1, ticks: [0, [0.5, "\u00bd"], 1] },
  });
  const band = element("path", { class: "ebm-band" });
  const goal = element("polyline", { class: "ebm-mark" });
  const line = element("polyline", { class: "ebm-line" });
  const dot = element("circle", { class: "ebm-dot", r: 4 });
  const word = element("text", { class: "ebm-mark-text", "text-anchor": "end" });
  chart.layer.append(band, goal, line, dot, word);
  // Flips at which there is something to see on a logarithmic axis.
  const seen = [...new Set(Array.from({ length: 301 }, (_, k) => Math.round(most ** (k / 300))))];
  let drawn = "";
  return {
    node: chart.node,
    draw(p) {
      const { first, history } = simulation;
      const flips = simulation.flips();
      if (chart.fit() || drawn !== p) {
        drawn = p;
        const edge = (sign) => (n) => [n, Math.min(1, Math.max(0, p + sign * error(n)))];
        const around = [...seen.map(edge(1)), ...seen.map(edge(-1)).reverse()];
        band.setAttribute("d", `M${chart.path(around)}Z`);
        goal.setAttribute("points", chart.path([[1, p], [most, p]]));
        word.setAttribute("x", chart.x(most));
        word.setAttribute("y", chart.y(p) + (p > 0.5 ? 30 : -22));
        say(word, "p(on), and one standard error");
      }
      const steps = [...seen.filter((n) => n >= Math.max(1, first) && n < flips), ...(flips ? [flips] : [])];
      line.setAttribute("points", chart.path(steps.map((n) => [n, history[n - first] / n])));
      dot.style.display = flips ? "" : "none";
      if (!flips) return;
      dot.setAttribute("cx", chart.x(flips));
      dot.setAttribute("cy", chart.y(simulation.timesOn() / flips));
    },
  };
}

/** The last flips as coins: filled is on, hollow is off, the newest at the right. */
function coinRow(simulation) {
  const coins = Array.from({ length: LAST }, () => element("span"));
  const node = element("div", { class: "ebm-coins", "aria-hidden": "true" }, ...coins);
  return {
    node,
    draw() {
      const last = simulation.history.slice(-LAST - 1);
      const ups = last.slice(1).map((count, k) => count > last[k]);
      coins.forEach((coin, k) => {
        const up = ups[ups.length - LAST + k];
        coin.className = up === undefined ? "" : up ? "ebm-coin ebm-on" : "ebm-coin";
      });
    },
  };
}

function render({ model, el, simulation }) {
  const charts = [curveChart(model, simulation), runChart(simulation)];
  const coins = coinRow(simulation);
  const run = runButton(model);
  const status = element("p", { class: "ebm-status", role: "status" });
  const [flips, share, error] = [element("b"), element("b"), element("b")];
  el.append(
    status,
    element("div", { class: "ebm-pair" }, ...charts.map(({ node }) => node)),
    element("div", { class: "ebm-tally" },
      element("span", {}, "Last flips ", coins.node),
      element("span", {}, "Flips ", flips),
      element("span", {}, "Share on ", share),
      element("span", {}, "Standard error ", error)),
    element("div", { class: "ebm-buttons" },
      run.node,
      button("Step", simulation.step),
      button("New run", simulation.anew),
      button("Reset", simulation.reset)));

  return simulation.show(el, () => {
    const { p } = simulation;
    const count = simulation.flips();
    const part = count ? shown(simulation.timesOn() / count, 4) : "\u2013";
    run.draw();
    coins.draw();
    for (const chart of charts) chart.draw(p);
    say(flips, String(count));
    say(share, part);
    say(error, count ? shown(simulation.error(count), 4) : "\u2013");
    const told = model.get("running") || !count ? "" : `; ${count} flip${count === 1 ? "" : "s"}: share ${part}`;
    say(status, `p(on) = ${shown(p, 4)}${told}`);
  });
}

export default widget("neuron", simulate, render);
