import { button, choice, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";
import { codesChart, klChart, network, pairBars, stateBars } from "./two_phase_charts.mjs";

const SLOWEST = 12; // steps a second at first, to be seen one by one
const GROWTH = 0.8; // and then so many a second for each step made: steady on a logarithmic axis
const FASTEST = 1000;
const BUDGET = 6; // milliseconds of a frame for learning
const READ = 100; // milliseconds for which words and numbers stand while it learns
const FINE = 1.02; // from one point of the curve to the next
const LARGEST = { units: 10, visible: 8, hidden: 3, states: 1024, data: 16 };
const DATA = [["one", "One"], ["opposites", "Opposites"], ["bars", "Bars"], ["parity", "Parity"], ["smooth", "Smooth"],
  ["drawn", "Drawn"], ["encoder", "4-2-4 encoder"]];

const bits = (place, n) => Array.from({ length: n }, (_, i) => (place >> i) & 1);
const toHex = (words) => [...new Uint8Array(words.buffer.slice(words.byteOffset, words.byteOffset + words.byteLength))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");
const same = (a, c) => JSON.stringify(a) === JSON.stringify(c);

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const fixed = model.get("fixed");
  const { units, visible: seen, hidden: unseen, states, data: most } = LARGEST;
  const sums = () => [array("f8", [units * units]), array("f8", [units]), array("f8", [units * units]), array("f8", [units])];
  const room = {
    W: array("f8", [units * units]), b: array("f8", [units]), links: array("i1", [units * units]),
    v: array("i1", [most * seen]), p: array("f8", [most]), s: array("i1", [units]), free: array("i8", [units]),
    hidden: array("i8", [unseen]), all: array("f8", [states]), held: array("f8", [2 ** unseen]), logs: array("f8", [most]),
    averages: sums(), aside: sums(), codes: array("f8", [most * unseen]),
  };
  const words = array("u8", [4]);
  const rate = () => Number(model.get("rate").toFixed(6)); // the slider says 0.15000000000000002 and means 0.15
  const cooling = array("f8", [fixed.cooling.length], fixed.cooling);
  const [places, shares] = [array("i8", [16]), array("f8", [17])];
  let m, setting, origin, step = 0, kl = 0, trace = [], owed = 0, told;

  /** What decides the machine and what it learns; hidden units of the encoder are always two. */
  function chosen() {
    const [data, hidden, drawn, mode] = ["data", "hidden", "drawn", "mode"].map((name) => model.get(name));
    return { data, hidden: data === "encoder" ? 2 : hidden, drawn: data === "drawn" ? drawn : null, mode };
  }

  function examples() {
    if (setting.data !== "drawn") return fixed.sets[setting.data];
    const v = fixed.sets.smooth.v.filter((row) => setting.drawn[row.reduce((place, bit, i) => place + (bit << i), 0)]);
    return { v, p: v.map(() => 1 / v.length), marks: [] };
  }

  /** The arrays in the size of the machine. */
  function fit() {
    const { v, p, marks } = examples();
    const [visible, hidden] = [v[0].length, setting.hidden];
    const n = visible + hidden;
    const encoder = setting.data === "encoder";
    const links = encoder ? fixed.encoder : Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => +(i !== j)));
    const inOrder = (count, from) => BigInt64Array.from({ length: count }, (_, i) => BigInt(from + i));
    const four = (all) => all.map((array, k) => array.reshaped(k % 2 ? [n] : [n, n]));
    const drawn = Array.from({ length: 16 }, (_, k) => (encoder ? (1 << (k >> 2)) + (16 << (k & 3)) : k));
    m = {
      n, visible, hidden, encoder, marks, links, drawn,
      data: drawn.map((place) => p[v.findIndex((row) => same(row, bits(place, visible)))] ?? 0),
      W: room.W.reshaped([n, n]), b: room.b.reshaped([n]), allowed: room.links.reshaped([n, n]),
      v: room.v.reshaped([v.length, visible]), p: room.p.reshaped([v.length]), averages: four(room.averages), aside: four(room.aside),
      units: [room.s.reshaped([n]), room.free.reshaped([n]), room.hidden.reshaped([hidden])],
      lists: [room.all.reshaped([2 ** n]), room.held.reshaped([2 ** hidden]), room.logs.reshaped([v.length])],
      codes: room.codes.reshaped([v.length, hidden]),
    };
    m.allowed.values.set(links.flat());
    m.v.values.set(v.flat());
    m.p.values.set(p);
    m.units[1].values.set(inOrder(n, 0));
    m.units[2].values.set(inOrder(hidden, visible));
    places.values.set(drawn.map(BigInt));
  }

  /** KL and all that is exact, by a step of no length. */
  function exactly(averages) {
    kl = call.two_phases(m.W, m.b, 0, m.allowed, m.v, m.p, ...m.units, 0, 1, ...m.lists, ...averages);
    call.shares(m.lists[0], m.visible, places, shares);
    call.codes(m.W, m.b, m.v, m.units[0], m.units[2], m.lists[1], m.codes);
  }

  /** What the two phases find at the present weights. */
  function measure() {
    if (setting.mode === "exact") return exactly(m.averages);
    call.sample(m.W, m.b, m.v, m.p, ...m.units, cooling, fixed.chains, words, ...m.averages);
    return exactly(m.aside);
  }

  function note() {
    trace.push({ step, kl, codes: [...m.codes.values] });
  }

  function begin(from) {
    setting = chosen();
    fit();
    words.values.set(numbers("u8", fromHex(from)));
    call.begin(words, m.allowed, fixed.scale, m.W, m.b);
    [origin, step, owed, trace] = [from, 0, 0, []];
    measure();
    note();
    stage.draw();
  }

  /** As Python has it. */
  function restore() {
    const run = told = model.get("run");
    setting = chosen();
    fit();
    words.values.set(numbers("u8", fromHex(run.words)));
    m.W.values.set(run.W.flat());
    m.b.values.set(run.b);
    run.averages?.forEach((found, k) => m.averages[k].values.set(found.flat()));
    exactly(run.averages ? m.aside : m.averages);
    [origin, step, owed, trace] = [run.origin, run.step, 0, []];
    note();
    stage.draw();
  }

  function learn() {
    call.change(m.W, m.b, m.allowed, ...m.averages, rate(), 1, 0, 0);
    measure();
    step += 1;
    if (step >= FINE * trace.at(-1).step) note();
  }

  /** After a change of what is learned, a new run; of how the averages are found, new averages. */
  function settle() {
    const before = setting;
    if (same(before, chosen())) return;
    if (!same({ ...before, mode: model.get("mode") }, chosen())) begin(origin);
    else {
      setting = chosen();
      measure();
      stage.draw();
    }
    stage.tell();
  }

  const rows = (values) => Array.from({ length: m.n }, (_, i) => [...values.subarray(i * m.n, (i + 1) * m.n)]);
  const stage = live(model, {
    advance(seconds) {
      if (step === fixed.steps) begin(origin);
      const started = performance.now();
      owed += seconds * Math.min(FASTEST, Math.max(SLOWEST, GROWTH * step));
      for (; owed >= 1 && step < fixed.steps; owed -= 1) {
        if (performance.now() - started > BUDGET) { owed = 0; break; }
        learn();
      }
      if (step === fixed.steps) model.set("running", false);
    },
    news() {
      const averages = setting.mode === "exact" ? null
        : m.averages.map(({ values }, k) => (k % 2 ? [...values] : rows(values)));
      told = { ...setting, origin, words: toHex(words.values), step, W: rows(m.W.values), b: [...m.b.values], averages };
      return { run: told };
    },
    listeners: {
      "change:data": settle, "change:drawn": settle, "change:hidden": settle, "change:mode": settle,
      "change:rate": () => stage.draw(),
      "change:run": () => { if (model.get("run") !== told) restore(); },
    },
  });
  restore();
  stage.start();

  return {
    most: fixed.steps, shares,
    show: stage.show, stop: stage.stop,
    get m() { return m; },
    get step() { return step; },
    get kl() { return kl; },
    get trace() { return trace.at(-1).step < step ? [...trace, { step, kl, codes: [...m.codes.values] }] : trace; },
    get rate() { return rate(); },
    get norm() { return call.norm(m.allowed, ...m.averages); },
    once() {
      model.set("running", false);
      if (step === fixed.steps) begin(origin);
      learn();
      stage.draw();
      stage.tell();
    },
    /** Make a state data, or no longer; the last one stays. */
    toggle(place) {
      const drawn = m.data.map((p, k) => +((p > 0) !== (k === place)));
      if (drawn.some(Boolean)) model.set({ drawn, data: "drawn" });
    },
    anew() { begin(toHex(words.values)); stage.tell(); },
    reset() {
      const { origin: from, ...rest } = model.get("start");
      model.set(rest);
      begin(from);
      stage.tell();
    },
  };
}

function render({ model, el, simulation }) {
  const choices = [
    choice(model, "data", "Data", DATA), choice(model, "hidden", "Hidden units", [0, 1, 2, 3].map((k) => [k, String(k)])),
    choice(model, "mode", "Both phases", [["exact", "Exact"], ["sampled", "Sampled"]])];
  const run = runButton(model);
  const codes = codesChart(simulation);
  const [bars, pairs] = [stateBars(simulation), pairBars(simulation)];
  const parts = [...choices, run, bars, pairs, network(simulation), codes, klChart(simulation)];
  const status = element("p", { class: "ebm-status", role: "status" });
  const readouts = ["Step", "KL", "Gradient", "Next change"].map((name) => [name, element("b")]);
  const hidden = [...choices[1].node.querySelectorAll("button")];
  el.append(
    element("div", { class: "ebm-tp-choices" }, ...choices.map(({ node }) => node)),
    status, bars.node, pairs.node,
    element("div", { class: "ebm-tp-charts" }, ...parts.slice(6).map(({ node }) => node)),
    element("div", { class: "ebm-tp-tally" }, ...readouts.map(([name, value]) => element("span", {}, `${name} `, value))),
    element("div", { class: "ebm-buttons" },
      run.node, button("Step", simulation.once), button("New weights", simulation.anew), button("Reset", simulation.reset)));

  let read = -READ;

  return simulation.show(el, () => {
    const words = !model.get("running") || performance.now() - read >= READ;
    const { m, step, kl, norm } = simulation;
    codes.node.style.display = m.encoder ? "" : "none"; // first, as the others share the room
    for (const part of parts) part.draw(words);
    hidden.forEach((node, k) => {
      node.disabled = m.encoder;
      node.setAttribute("aria-pressed", k === m.hidden);
    });
    if (!words) return;
    read = performance.now();
    const texts = [String(step), shown(kl, 4), shown(norm, 4), shown(simulation.rate * norm, 4)];
    readouts.forEach(([, value], k) => say(value, texts[k]));
    const agree = norm < 0.01 ? ": the phases nearly agree" : "";
    say(status, model.get("running") ? "Learning" : `KL ${shown(kl, 4)} after ${step} step${step === 1 ? "" : "s"}${agree}`);
  });
}

export default widget("two_phase", simulate, render);
