import { button, element, fromHex, lineChart, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const RATE = 90; // updates a second: ten sweeps, slow enough to watch
const SPAN = 450; // updates in the chart
const CORRUPTED = 0.25; // share of the units that "corrupt a memory" flips
const WINDOW = 30; // looks at the state among which a minimum must prevail to be called settled

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const biases = numbers("f8", model.get("biases"));
  const n = biases.length;
  const W = array("f8", [n, n], numbers("f8", model.get("weights")));
  const b = array("f8", [n], biases);
  const s = array("i1", [n]);
  const words = array("u8", [4]);
  const energies = array("f8", [n + 1]);
  const names = model.get("names");
  const patterns = names.map((_, k) => [...numbers("i1", model.get("patterns")).slice(k * n, (k + 1) * n)]);
  let owed = 0, trace = [], recent = [], updates = 0;

  const same = (a, c) => a.every((value, i) => value === c[i]);
  const opposite = (a, c) => a.every((value, i) => value === -c[i]);
  // Chance comes from the seed's generator alone, so that the same actions lead to the same states.
  const below = (count) => call.below(words, count);
  const energyOf = (state) => { s.values.set(state); return call.energy(W, b, s); };

  function minimumName() {
    if (!call.is_fixed_point(W, b, s, model.get("tie"))) return "";
    const state = [...s.values];
    const k = patterns.findIndex((pattern) => same(state, pattern) || opposite(state, pattern));
    if (k < 0) return "a spurious minimum";
    return same(state, patterns[k]) ? names[k] : `the inverse of ${names[k]}`;
  }

  function status() {
    const last = recent.at(-1);
    const often = recent.filter((name) => name === last).length;
    return last && often >= 0.75 * recent.length ? `settled in ${last}` : "exploring";
  }

  function look() {
    recent = [...recent, minimumName()].slice(-WINDOW);
  }

  function advance(count) {
    while (count > 0) {
      const some = Math.min(count, n);
      energies.values[0] = call.energy(W, b, s);
      call.heat_bath(W, b, s, model.get("temperature"), words, energies.reshaped([some + 1]));
      for (const E of energies.values.slice(1, some + 1)) trace.push([++updates, E]);
      count -= some;
    }
    trace = trace.slice(-2 * SPAN);
    look();
  }

  /** A state from outside the dynamics: by hand, by a button, or from Python. */
  function place(state) {
    trace.push([updates, energyOf(state)]);
    recent = [];
    look();
    stage.draw();
  }

  function restore() {
    words.values.set(numbers("u8", model.get("words")));
    updates = model.get("updates");
    trace = [];
    place(model.get("state"));
  }

  const stage = live(model, {
    advance(seconds) {
      owed += seconds * RATE;
      const count = Math.floor(owed);
      owed -= count;
      if (count > 0) advance(count);
    },
    news: () => ({
      state: [...s.values], words: new DataView(words.values.slice().buffer), updates, status: status(),
    }),
    listeners: {
      "change:state": () => { if (!same([...s.values], model.get("state"))) place(model.get("state")); },
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:updates": () => { if (model.get("updates") !== updates) restore(); },
    },
  });
  const lowest = Math.min(...patterns.map(energyOf));
  restore();
  stage.start();

  const put = (state) => { place(state); stage.tell(); };
  return {
    s, names, patterns, lowest, status,
    highest: names.length / 2, // of Hebb's weights: the energy at no overlap with any pattern
    side: Math.sqrt(n),
    show: stage.show,
    stop: stage.stop,
    get energy() { return call.energy(W, b, s); },
    get updates() { return updates; },
    get trace() { return trace; },
    put,
    step() { model.set("running", false); advance(1); stage.draw(); stage.tell(); },
    flip(i) { put([...s.values].map((value, j) => (j === i ? -value : value))); },
    corrupt() {
      const state = [...patterns[below(patterns.length)]];
      const sites = [...state.keys()];
      for (let k = 0; k < Math.round(n * CORRUPTED); k++) {
        const [site] = sites.splice(below(sites.length), 1);
        state[site] *= -1;
      }
      put(state);
    },
    scatter() { put(Array.from({ length: n }, () => 2 * below(2) - 1)); },
    reset() {
      const { state, words: start, temperature } = model.get("start");
      model.set({ temperature, state, words: fromHex(start), updates: 0 });
      restore();
      stage.tell();
    },
  };
}

/** A 3 x 3 picture of a pattern, for the eye only. */
function picture(pattern, side) {
  const cells = pattern.map((value) => element("span", { class: value > 0 ? "ebm-on" : "" }));
  return element("span", { class: "ebm-picture", style: `--side: ${side}`, "aria-hidden": "true" }, ...cells);
}

/** Cells to click; arrow keys move between them, space flips. */
function grid(simulation) {
  const { s, side } = simulation;
  const cells = [...s.values].map((_, i) => element("button", {
    type: "button", class: "ebm-cell", tabindex: i === 0 ? 0 : -1, onclick: () => simulation.flip(i),
  }));
  function move(event) {
    const i = cells.indexOf(event.target);
    const [row, column] = [Math.floor(i / side), i % side];
    const to = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
    }[event.key];
    if (i < 0 || !to) return;
    event.preventDefault();
    if (to.some((k) => k < 0 || k >= side)) return;
    const next = cells[to[0] * side + to[1]];
    for (const cell of cells) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  }
  const node = element("div", {
    class: "ebm-grid", style: `--side: ${side}`, role: "group", onkeydown: move,
    "aria-label": "The network's units. Arrow keys move, space flips a unit.",
  }, ...cells);
  return {
    node,
    draw() {
      s.values.forEach((value, i) => {
        const on = value > 0;
        cells[i].setAttribute("aria-pressed", on);
        cells[i].setAttribute("aria-label", `row ${Math.floor(i / side) + 1}, column ${(i % side) + 1}`);
        say(cells[i], on ? "+" : "\u2212");
      });
    },
  };
}

function render({ model, el, simulation }) {
  const { names, patterns, side, lowest, highest } = simulation;
  const cells = grid(simulation);
  const run = runButton(model);
  const energy = element("b");
  const updates = element("b");
  const status = element("p", { class: "ebm-status", role: "status" });
  const chart = lineChart({
    label: "Energy over time", xlabel: "updates", span: SPAN,
    low: lowest - 0.5, high: highest + 0.5, ticks: [Math.ceil(lowest), 0],
    marks: [{ value: lowest, text: "a stored pattern" }],
  });
  el.append(
    element("div", { class: "ebm-stage" },
      cells.node,
      element("div", { class: "ebm-side" },
        status,
        element("div", { class: "ebm-readouts" },
          element("p", {}, "Energy ", energy),
          element("p", {}, "Updates ", updates)),
        element("div", { class: "ebm-stored" }, "Stored:",
          ...names.map((name, k) => element("span", {}, picture(patterns[k], side), name))),
        chart.node)),
    element("div", { class: "ebm-buttons" },
      run.node,
      button("Step", simulation.step),
      button("Corrupt a memory", simulation.corrupt),
      ...names.map((name, k) => button(`Load ${name}`, () => simulation.put(patterns[k]))),
      button("Random state", simulation.scatter),
      button("Reset", simulation.reset)));

  return simulation.show(el, () => {
    cells.draw();
    run.draw();
    chart.draw(simulation.trace, simulation.updates);
    say(energy, shown(simulation.energy));
    say(updates, String(simulation.updates));
    say(status, simulation.status());
  });
}

export default widget("memory", simulate, render);
