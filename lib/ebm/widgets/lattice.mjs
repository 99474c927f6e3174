import { button, element, fromHex, lineChart, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const SIZES = [64, 128, 256, 512];
const RULES = ["Metropolis", "heat bath", "Wolff"];
const PACES = [1, 4, 16];
const RING = 16; // a ring has as many spins as this many rows
const HISTORY = 128; // rows of a ring's past that stay in sight
const SPAN = 300; // steps in the charts
const [COLDEST, STEP] = [0.5, 0.01];
const T_C = 2 / Math.log(1 + Math.SQRT2);

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const most = Math.max(...SIZES) ** 2;
  const known = numbers("f8", model.get("known"));
  const words = array("u8", [4]);
  const flip = array("f8", [2, 9]);
  const totals = array("i8", [2]);
  const spins = array("i1", [most]);
  const sites = array("i4", [most, 2]);
  const marks = array("i1", [most]);
  let s, inside, rows, columns, steps, traces, past;

  /** The same memory, in the shape that is wanted now. */
  function shape() {
    const n = model.get("size");
    [rows, columns] = model.get("ring") ? [1, RING * n] : [n, n];
    s = spins.reshaped([rows, columns]);
    inside = marks.reshaped([rows, columns]);
    inside.values.fill(0);
  }

  function measure() {
    call.totals(s, totals);
    const [pairs, sum] = [...totals.values].map(Number);
    const n = rows * columns;
    const bonds = (pairs - (model.get("ring") ? 2 * n : 0)) / 2;
    return { energy: -(bonds + model.get("field") * sum) / n, magnetisation: sum / n };
  }

  function look() {
    const { energy, magnetisation } = measure();
    traces.energy.push([steps, energy]);
    traces.magnetisation.push([steps, magnetisation]);
    for (const name of ["energy", "magnetisation"]) traces[name] = traces[name].slice(-2 * SPAN);
    if (model.get("ring")) past = [s.values.slice(), ...past].slice(0, HISTORY);
  }

  function advance(count) {
    const [T, B] = [model.get("temperature"), model.get("field")];
    for (let k = 0; k < count; k++) {
      if (model.get("rule") === "Wolff") {
        call.wolff(s, 1, B, T, words, sites, inside, 1);
      } else {
        const fill = model.get("rule") === "Metropolis" ? call.metropolis : call.heat_bath;
        fill(1, B, T, model.get("ring") ? 2 : 0, flip);
        (model.get("ring") ? call.random_sites : call.checkerboard)(s, flip, words, 1);
      }
      steps++;
      look();
    }
  }

  /** Take over a state: from Python, or from the start that is chosen. */
  function place(values, count) {
    shape();
    if (values) s.values.set(values);
    else if (model.get("begin") === "cold") s.values.fill(1);
    else call.scatter(s, words);
    steps = count;
    traces = { energy: [], magnetisation: [] };
    past = [];
    look();
    stage.draw();
  }

  function restart() {
    words.values.set(numbers("u8", fromHex(model.get("start").words)));
    place(null, 0);
    stage.tell();
  }

  function restore() {
    words.values.set(numbers("u8", model.get("words")));
    place(numbers("i1", model.get("state")), model.get("steps"));
  }

  /** Python has set other spins than these. */
  const replaced = () => numbers("i1", model.get("state")).join() !== s.values.join();

  const stage = live(model, {
    advance: () => advance(model.get("pace")),
    news() {
      const { energy, magnetisation } = measure();
      const told = { steps, energy, magnetisation };
      if (model.get("running")) return told;
      const bytes = (values) => new DataView(values.slice().buffer);
      return { ...told, state: bytes(s.values), words: bytes(words.values) };
    },
    listeners: {
      "change:steps": () => { if (model.get("steps") !== steps) restore(); },
      "change:start": () => restore(),
      "change:state": () => { if (replaced()) restore(); },
      "change:temperature": () => stage.draw(),
      "change:field": () => stage.draw(),
    },
  });
  restore();
  stage.start();

  return {
    show: stage.show,
    stop: stage.stop,
    measure,
    get steps() { return steps; },
    get traces() { return traces; },
    /** What to paint: [rows, columns, spins]; of a ring its past, the present on top. */
    get picture() {
      if (!model.get("ring")) return [rows, columns, s.values];
      const width = columns / RING * 4;
      const values = new Int8Array(HISTORY * width);
      past.forEach((row, k) => values.set(row.subarray(0, width), k * width));
      return [HISTORY, width, values];
    },
    /** Exact energy and size of the magnetisation per site, where they are known: without a field. */
    get exact() {
      if (Math.abs(model.get("field")) > 1e-9) return null;
      const at = 3 * Math.round((model.get("temperature") - COLDEST) / STEP);
      const [u, m, chain] = known.slice(at, at + 3);
      return model.get("ring") ? { energy: chain, magnetisation: 0 } : { energy: u, magnetisation: m };
    },
    choose(name, value) {
      model.set(name, value);
      if (name === "size" || name === "ring" || name === "begin") restart();
      model.save_changes();
      stage.draw();
    },
    step() { model.set("running", false); advance(1); stage.draw(); stage.tell(); },
    reset() {
      const { temperature, field } = model.get("start");
      model.set({ temperature, field });
      restart();
    },
  };
}

/** The colour of a CSS variable as [r, g, b]. */
function colour(node, name) {
  const hex = getComputedStyle(node).getPropertyValue(name).trim();
  return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

/** A canvas with a pixel for each spin: { node, draw() }. */
function pixels(simulation) {
  const canvas = element("canvas", { class: "ebm-spins", role: "img" });
  const context = canvas.getContext("2d");
  return {
    node: canvas,
    draw() {
      const [rows, columns, spins] = simulation.picture;
      if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
      const image = context.createImageData(columns, rows);
      const paint = new Uint32Array(image.data.buffer);
      const word = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
      const [up, down, none] = ["--ebm-on", "--ebm-off", "--ebm-paper"].map((name) => word(colour(canvas, name)));
      for (let k = 0; k < paint.length; k++) paint[k] = spins[k] > 0 ? up : spins[k] < 0 ? down : none;
      context.putImageData(image, 0, 0);
    },
  };
}

/** A labelled list to choose from: { node, draw() }. */
function menu(model, simulation, label, name, options) {
  const list = element("select", {
    onchange: () => { simulation.choose(name, options[list.selectedIndex][1]); },
  }, ...options.map(([text]) => element("option", {}, text)));
  return {
    node: element("label", {}, label, " ", list),
    draw() { list.selectedIndex = options.findIndex(([, value]) => value === model.get(name)); },
  };
}

function render({ model, el, simulation }) {
  const spins = pixels(simulation);
  const run = runButton(model);
  const same = (values) => values.map((value) => [String(value), value]);
  const choices = [
    menu(model, simulation, "Rule", "rule", same(RULES)),
    menu(model, simulation, "Shape", "ring", [["square lattice", false], ["ring (chain)", true]]),
    menu(model, simulation, "Side", "size", same(SIZES)),
    menu(model, simulation, "Start", "begin", [["cold", "cold"], ["random", "random"]]),
    menu(model, simulation, "Pace", "pace", PACES.map((k) => [`${k} a frame`, k])),
  ];
  const charts = {
    magnetisation: lineChart({ label: "Magnetisation per site", xlabel: "sweeps or clusters", low: -1.1, high: 1.1, span: SPAN, ticks: [-1, 0, 1] }),
    energy: lineChart({ label: "Energy per site", xlabel: "sweeps or clusters", low: -2.6, high: 0.2, span: SPAN, ticks: [-2, -1, 0] }),
  };
  const values = { steps: element("b"), magnetisation: element("b"), energy: element("b") };
  const status = element("p", { class: "ebm-status", role: "status" });
  let marked;

  el.append(
    element("div", { class: "ebm-stage" },
      spins.node,
      element("div", { class: "ebm-side" },
        status,
        element("div", { class: "ebm-readouts" },
          element("p", {}, "Steps ", values.steps),
          element("p", {}, "Magnetisation ", values.magnetisation),
          element("p", {}, "Energy ", values.energy)),
        charts.magnetisation.node, charts.energy.node)),
    element("div", { class: "ebm-choices" }, ...choices.map(({ node }) => node)),
    element("div", { class: "ebm-buttons" }, run.node, button("Step", simulation.step), button("Reset", simulation.reset)));

  function where() {
    const [T, B] = [model.get("temperature"), model.get("field")];
    if (Math.abs(B) > 1e-9) return `the field favours ${B > 0 ? "up (blue)" : "down (pale)"}: no sharp transition`;
    if (model.get("ring")) return "a ring has no order at any temperature above 0";
    if (Math.abs(T - T_C) < 0.03) return `critical: T is close to ${T_C.toFixed(3)}`;
    return T < T_C ? `ordered: T is below the critical ${T_C.toFixed(3)}` : `disordered: T is above the critical ${T_C.toFixed(3)}`;
  }

  function markExact() {
    const exact = simulation.exact;
    const key = JSON.stringify(exact);
    if (key === marked) return;
    marked = key;
    const line = (value, text) => ({ value, text });
    charts.energy.mark(exact ? [line(exact.energy, `exact ${shown(exact.energy)}`)] : []);
    charts.magnetisation.mark(!exact ? [] : exact.magnetisation === 0 ? [line(0, "exact 0")]
      : [line(exact.magnetisation, `exact ${shown(exact.magnetisation)}`), line(-exact.magnetisation, "")]);
  }

  return simulation.show(el, () => {
    const { energy, magnetisation } = simulation.measure();
    spins.draw();
    spins.node.setAttribute("aria-label", model.get("ring")
      ? "A stretch of the ring, its present on top and its past below" : "The lattice, a pixel for each spin");
    for (const { draw } of [run, ...choices]) draw();
    markExact();
    for (const name of ["energy", "magnetisation"]) charts[name].draw(simulation.traces[name], simulation.steps);
    say(values.steps, String(simulation.steps));
    say(values.magnetisation, shown(magnetisation, 3));
    say(values.energy, shown(energy, 3));
    say(status, where());
  });
}

export default widget("lattice", simulate, render);
