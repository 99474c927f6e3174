import { element, fromHex, lineChart, loadKernels, motion, numbers, prefersStill, say } from "./shared.mjs";

const RATE = 90; // updates a second: ten sweeps, slow enough to watch
const SPAN = 450; // updates in the chart
const CORRUPTED = 0.25; // share of the units that "corrupt a memory" flips
const WINDOW = 30; // looks at the state among which a minimum must prevail to be called settled

/** The simulation behind all views of one model: kernels, state, clock. */
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
  const views = new Set();
  let owed = 0, told = 0, trace = [], recent = [], updates = 0;

  const same = (a, c) => a.every((value, i) => value === c[i]);
  const opposite = (a, c) => a.every((value, i) => value === -c[i]);

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
    for (const draw of views) draw();
  }

  /** Tell the model; not at every frame, which would flood a kernel behind it. */
  function tell(now = false) {
    if (!now && performance.now() - told < 200) return;
    told = performance.now();
    model.set({ state: [...s.values], words: new DataView(words.values.slice().buffer), updates, status: status() });
    model.save_changes();
  }

  function advance(count) {
    while (count > 0) {
      const some = Math.min(count, n);
      energies.values[0] = call.energy(W, b, s);
      call.heat_bath(W, b, s, model.get("temperature"), words, energies.first(some + 1));
      for (const E of energies.values.slice(1, some + 1)) trace.push([++updates, E]);
      count -= some;
    }
    trace = trace.slice(-2 * SPAN);
    look();
  }

  /** A state from outside the dynamics: by hand, by a button, or from Python. */
  function place(state) {
    s.values.set(state);
    trace.push([updates, call.energy(W, b, s)]);
    recent = [];
    look();
  }

  // Chance comes from the seed's generator alone, so that the same actions lead to the same states.
  const below = (count) => call.below(words, count);

  const clock = motion((seconds) => {
    owed += seconds * RATE;
    const count = Math.floor(owed);
    owed -= count;
    if (count > 0) advance(count);
    tell();
  }, () => model.get("running"));

  function restore() {
    words.values.set(numbers("u8", model.get("words")));
    updates = model.get("updates");
    trace = [];
    place(model.get("state"));
  }

  const fromOutside = {
    "change:state": () => { if (!same([...s.values], model.get("state"))) place(model.get("state")); },
    "change:words": () => words.values.set(numbers("u8", model.get("words"))),
    "change:updates": () => { if (model.get("updates") !== updates) restore(); },
    "change:running": () => { clock.wake(); for (const draw of views) draw(); tell(true); },
  };
  for (const [event, listener] of Object.entries(fromOutside)) model.on(event, listener);

  const lowest = Math.min(...patterns.map((pattern) => { s.values.set(pattern); return call.energy(W, b, s); }));
  const highest = names.length / 2; // of Hebb's weights: the energy at no overlap with any pattern
  restore();
  if (model.get("running") && prefersStill()) model.set("running", false);

  return {
    s, names, patterns, views, clock, lowest, highest,
    side: Math.sqrt(n),
    get energy() { return call.energy(W, b, s); },
    get updates() { return updates; },
    get trace() { return trace; },
    status,
    step() { model.set("running", false); advance(1); tell(true); },
    put(state) { place(state); tell(true); },
    flip(i) { const state = [...s.values]; state[i] *= -1; place(state); tell(true); },
    corrupt() {
      const state = [...patterns[below(patterns.length)]];
      const sites = [...state.keys()];
      for (let k = 0; k < Math.round(n * CORRUPTED); k++) {
        const [site] = sites.splice(below(sites.length), 1);
        state[site] *= -1;
      }
      place(state);
      tell(true);
    },
    scatter() { place(Array.from({ length: n }, () => 2 * below(2) - 1)); tell(true); },
    reset() {
      const { state, words: start, temperature } = model.get("start");
      model.set({ temperature, state, words: fromHex(start), updates: 0 });
      restore();
      tell(true);
    },
    stop() {
      clock.stop();
      for (const [event, listener] of Object.entries(fromOutside)) model.off(event, listener);
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

export default () => {
  let simulation;
  return {
    async initialize({ model }) {
      simulation = await simulate(model);
      return () => simulation.stop();
    },

    render({ model, el }) {
      const { names, patterns, side, lowest, highest } = simulation;
      const button = (label, onclick) => element("button", { type: "button", onclick }, label);
      const cells = grid(simulation);
      const run = button("Run", () => { model.set("running", !model.get("running")); });
      const energy = element("b");
      const updates = element("b");
      const status = element("p", { class: "ebm-status", role: "status" });
      const chart = lineChart({
        label: "Energy over time", xlabel: "updates", span: SPAN,
        low: lowest - 0.5, high: highest + 0.5, ticks: [Math.ceil(lowest), 0],
        marks: [{ value: lowest, text: "a stored pattern" }],
      });

      function draw() {
        cells.draw();
        chart.draw(simulation.trace, simulation.updates);
        say(run, model.get("running") ? "Pause" : "Run");
        say(energy, simulation.energy.toFixed(2).replace("-", "\u2212"));
        say(updates, String(simulation.updates));
        say(status, simulation.status());
      }

      el.classList.add("ebm", "ebm-memory");
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
          run,
          button("Step", simulation.step),
          button("Corrupt a memory", simulation.corrupt),
          ...names.map((name, k) => button(`Load ${name}`, () => simulation.put(patterns[k]))),
          button("Random state", simulation.scatter),
          button("Reset", simulation.reset)));
      simulation.views.add(draw);
      const forget = simulation.clock.watch(el);
      draw();
      return () => { simulation.views.delete(draw); forget(); };
    },
  };
};
