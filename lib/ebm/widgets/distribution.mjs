import { axes, button, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const SLOWEST = 8; // updates a second at first, to be seen one by one
const GROWTH = 0.8; // and then so many a second for each update made: steady on a logarithmic axis
const AT_ONCE = 5000; // updates
const FINE = 1.02; // from one point of the trace to the next
const STEP = 0.25; // of a weight, by an arrow key
const NONE = "\u2013";

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const { weight: strongest, updates: most } = model.get("limits");
  const n = model.get("b").length;
  const N = 2 ** n;
  const [W, b, s, words] = [array("f8", [n, n]), array("f8", [n]), array("i1", [n]), array("u8", [4])];
  const [energies, p, sums, counts] = [array("f8", [N]), array("f8", [N]), array("f8", [3]), array("i4", [N])];
  const scratch = [array("f8", [n]), array("f8", [n])];
  const [pair, distances] = [array("f8", [2]), array("f8", [AT_ONCE])];
  let trace = [], updates = 0, owed = 0;

  const same = (a, c) => a.every((value, i) => value === c[i]);
  const distance = () => call.distance(p, counts, updates);

  function count(found) {
    counts.values.set(found);
    updates = found.reduce((a, c) => a + c, 0);
    [trace, owed] = [updates ? [[updates, distance()]] : [], 0];
    stage.draw();
  }

  /** Everything that is exact, and a chain that begins to count again. */
  function solve() {
    W.values.set(model.get("W").flat());
    b.values.set(model.get("b"));
    call.solve(W, b, model.get("temperature"), ...scratch, energies, p, sums);
    count(Array(N).fill(0));
  }

  function advance(wanted) {
    for (let left = Math.min(wanted, most - updates); left > 0;) {
      const some = Math.min(left, AT_ONCE);
      const found = distances.reshaped([some]);
      call.visit(W, b, s, model.get("temperature"), words, pair, p, counts, found);
      const { values } = found;
      for (let k = 0; k < some; k++) {
        if (++updates >= FINE * (trace.at(-1)?.[0] ?? 0)) trace.push([updates, values[k]]);
      }
      left -= some;
    }
  }

  const stage = live(model, {
    advance(seconds) {
      if (updates === most) count(Array(N).fill(0));
      owed += seconds * Math.max(SLOWEST, GROWTH * updates);
      const whole = Math.floor(owed);
      owed -= whole;
      advance(whole);
      if (updates === most) model.set("running", false);
    },
    news: () => ({
      state: [...s.values], counts: [...counts.values], words: new DataView(words.values.slice().buffer),
    }),
    listeners: {
      "change:temperature": solve,
      "change:W": solve,
      "change:b": solve,
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:state": () => { s.values.set(model.get("state")); stage.draw(); },
      "change:counts": () => { if (!same([...counts.values], model.get("counts"))) count(model.get("counts")); },
    },
  });
  words.values.set(numbers("u8", model.get("words")));
  s.values.set(model.get("state"));
  solve();
  count(model.get("counts"));
  stage.start();

  return {
    n, N, most, strongest, energies, p, sums, counts, s, distance,
    show: stage.show,
    stop: stage.stop,
    get updates() { return updates; },
    get trace() { return updates && trace.at(-1)[0] < updates ? [...trace, [updates, distance()]] : trace; },
    independent: (samples) => call.independent(p, samples),
    step() {
      model.set("running", false);
      if (updates === most) count(Array(N).fill(0));
      advance(1);
      stage.draw();
      stage.tell();
    },
    anew() { count(Array(N).fill(0)); stage.tell(); },
    /** A weight (i < j) or, where i is j, a bias. */
    set(i, j, value) {
      const edited = i === j ? [...model.get("b")] : model.get("W").map((row) => [...row]);
      if (i === j) edited[i] = value;
      else edited[i][j] = edited[j][i] = value;
      model.set(i === j ? "b" : "W", edited);
      stage.tell();
    },
    reset() {
      const { words: start, ...rest } = model.get("start");
      model.set({ ...rest, words: fromHex(start) });
      s.values.set(rest.state); // where the model did not know yet that the chain has moved on
      words.values.set(numbers("u8", fromHex(start)));
      solve();
      stage.tell();
    },
  };
}

/** Exact and sampled bars of every state above its picture and its energy. */
function bars(simulation) {
  const { n, N } = simulation;
  const part = (name, ...children) => element("span", { class: `ebm-${name}`, "aria-hidden": "true" }, ...children);
  const states = Array.from({ length: N }, (_, k) => {
    const on = Array.from({ length: n }, (_, i) => (k >> i) & 1);
    const [p, E, spoken] = [part("p"), part("energy"), element("span", { class: "ebm-unseen" })];
    const both = part("both", element("span", { class: "ebm-exact" }), element("span", { class: "ebm-sampled" }));
    const picture = part("four", ...on.map((bit) => element("span", { class: bit ? "ebm-on" : "" })));
    const signs = on.map((bit) => (bit ? "+" : "\u2212")).join(" ");
    return { node: element("li", {}, spoken, p, both, picture, E), p, E, spoken, signs };
  });
  return {
    node: element("ol", { class: "ebm-states", "aria-label": "The sixteen states" }, ...states.map(({ node }) => node)),
    draw() {
      const { energies, p, counts, s, updates } = simulation;
      const [E, exact, seen] = [energies.values, p.values, counts.values];
      const [low, high] = [Math.min(...E), Math.max(...E)];
      const top = Math.max(0.1, ...exact);
      const now = s.values.reduce((place, value, i) => place + (value > 0 ? 1 << i : 0), 0);
      states.forEach((state, k) => {
        const share = updates ? seen[k] / updates : 0;
        const { style, classList } = state.node;
        style.setProperty("--exact", exact[k] / top);
        style.setProperty("--sampled", Math.min(1.1, share / top));
        style.setProperty("--heat", high - low > 1e-9 ? (E[k] - low) / (high - low) : 0);
        classList.toggle("ebm-now", k === now);
        say(state.p, shown(exact[k]));
        say(state.E, shown(E[k]));
        say(state.spoken, `${state.signs}: energy ${shown(E[k])}, probability ${shown(exact[k], 4)}, ` +
          `sampled ${updates ? shown(share, 4) : "nothing yet"}`);
      });
    },
  };
}

/** Number fields for the weights and biases; what is no number, or too large, changes nothing. */
function fields(model, { n, strongest, set }) {
  const made = [];
  function field(i, j) {
    const place = i === j ? i + 1 : `${i + 1}${j + 1}`;
    const name = i === j ? `bias of unit ${i + 1}` : `weight between units ${i + 1} and ${j + 1}`;
    const value = () => (i === j ? model.get("b")[i] : model.get("W")[i][j]);
    function edit() {
      const fits = input.value !== "" && Math.abs(+input.value) <= strongest;
      input.setAttribute("aria-invalid", !fits);
      if (fits && +input.value !== value()) set(i, j, +input.value);
    }
    const input = element("input", {
      type: "number", min: -strongest, max: strongest, step: STEP, "aria-label": name, oninput: edit,
      onblur: () => { input.value = value(); input.setAttribute("aria-invalid", false); },
    });
    made.push({ input, value });
    return element("label", {}, element("span", { "aria-hidden": "true" }, i === j ? "b" : "w", element("sub", {}, place)), input);
  }
  const pairs = Array.from({ length: n * n }, (_, k) => [Math.floor(k / n), k % n]).filter(([i, j]) => i < j);
  const group = (name, ...all) => element("div", { role: "group", "aria-label": name },
    element("span", { class: "ebm-name", "aria-hidden": "true" }, name), ...all);
  return {
    node: element("div", { class: "ebm-fields" },
      group("Weights", ...pairs.map(([i, j]) => field(i, j))),
      group("Biases", ...Array.from({ length: n }, (_, i) => field(i, i)))),
    draw() {
      for (const { input, value } of made) {
        const held = input.getRootNode().activeElement === input;
        if (!held || input.getAttribute("aria-invalid") !== "true") {
          if (input.value === "" || +input.value !== value()) input.value = value();
        }
      }
    },
  };
}

/** The distance between what was sampled and what is exact, against the number of updates. */
function distanceChart(simulation) {
  const { most, independent } = simulation;
  const chart = axes({
    label: "Total-variation distance", height: 190,
    xs: { low: 1, high: most, log: true, ticks: [1, 10, 100, 1000, [10000, "10\u2074"], [100000, "10\u2075"]], label: "updates" },
    ys: { low: 0.001, high: 1, log: true, ticks: [[0.001, "0.001"], [0.01, "0.01"], [0.1, "0.1"], 1] },
  });
  const goal = element("polyline", { class: "ebm-mark" });
  const line = element("polyline", { class: "ebm-line" });
  const word = element("text", { class: "ebm-mark-text", "text-anchor": "start" }, "as of independent samples");
  chart.layer.append(goal, line, word);
  const within = (value) => Math.min(1, Math.max(0.001, value));
  return {
    node: chart.node,
    draw() {
      chart.fit();
      const many = Array.from({ length: 61 }, (_, k) => most ** (k / 60));
      goal.setAttribute("points", chart.path(many.map((k) => [k, within(independent(k))])));
      line.setAttribute("points", chart.path(simulation.trace.map(([k, value]) => [k, within(value)])));
      word.setAttribute("x", chart.x(1) + 8);
      word.setAttribute("y", chart.y(0.001) - 8);
    },
  };
}

function render({ model, el, simulation }) {
  const parts = [bars(simulation), fields(model, simulation), distanceChart(simulation), runButton(model)];
  const [states, edited, chart, run] = parts;
  const status = element("p", { class: "ebm-status", role: "status" });
  const names = ["log Z", "Mean energy", "Entropy", "Updates", "Distance"];
  const values = names.map(() => element("b"));
  const key = (name, text) => element("span", {}, element("span", { class: `ebm-key ebm-${name}`, "aria-hidden": "true" }), text);
  el.append(
    status, states.node,
    element("div", { class: "ebm-legend" },
      key("exact", "exact p"), key("sampled", "sampled"), key("here", "the chain is here"), key("scale", "energy, low to high")),
    element("div", { class: "ebm-below" },
      chart.node,
      element("div", {},
        element("div", { class: "ebm-readouts" }, ...names.map((name, k) => element("p", {}, `${name} `, values[k]))),
        edited.node)),
    element("div", { class: "ebm-buttons" },
      run.node, button("Step", simulation.step), button("New run", simulation.anew), button("Reset", simulation.reset)));

  return simulation.show(el, () => {
    for (const part of parts) part.draw();
    const { sums, updates } = simulation;
    const distance = updates ? shown(simulation.distance(), 4) : NONE;
    [...[...sums.values].map((value) => shown(value, 4)), String(updates), distance].forEach((text, k) => say(values[k], text));
    say(status, model.get("running") ? "The chain runs"
      : updates ? `Distance ${distance} after ${updates} update${updates === 1 ? "" : "s"}` : "The chain waits");
  });
}

export default widget("distribution", simulate, render);
