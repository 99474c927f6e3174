import { bar, button, choice, drawingPad, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const SIDE = 16;
const PACE = 400; // units a second that the recall visits: slow enough to watch
const RULES = [["Hebb", "Hebb"], ["pseudo-inverse", "Pseudo-inverse"], ["dense", "Dense"]];
const LIMIT = 0.138; // the load at which Hebb's rule breaks

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const letters = numbers("i1", model.get("patterns"));
  const [names, most, n] = [model.get("names"), model.get("most"), SIDE * SIDE];
  const room = names.length + most;
  const [stored, crowd] = [array("i1", [room, n], letters), array("i1", [most, n])];
  const [W, b, basis, columns] = [array("f8", [n, n]), array("f8", [n]), array("f8", [room, n]), array("i1", [room * n])];
  const [s, drawn, order] = [array("i1", [n]), array("i1", [n]), array("i8", [n])];
  const [fields, changes, pulls, trial] = [array("f8", [n]), array("f8", [n]), array("f8", [room]), array("f8", [room])];
  const words = array("u8", [4]);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const letter = (k) => [...letters.slice(k * n, (k + 1) * n)];
  const same = (a, c) => a.every((value, i) => value === c[i]);
  const dense = () => model.get("rule") === "dense";
  let P, cue, before, overlaps, sweeps = 0, visited = n, atRest = false, busy = false;

  function reorder() {
    order.values.set(BigInt64Array.from({ length: n }, (_, i) => BigInt(i)));
  }

  /** The seed's random patterns, behind the letters. */
  function drawCrowd() {
    words.values.set(numbers("u8", fromHex(model.get("start").drawn)));
    call.scatter(words, crowd);
    stored.values.set(crowd.values, letters.length);
  }

  /** Weights, or for the dense rule the patterns with the units first. */
  function couple() {
    P = names.length + model.get("extra");
    const patterns = stored.reshaped([P, n]);
    if (model.get("rule") === "Hebb") call.hebb(patterns, W);
    else if (!dense()) call.pseudo_inverse(patterns, basis.reshaped([P, n]), W);
    const all = patterns.values;
    columns.reshaped([n, P]).values.set(all.map((_, k) => all[(k % P) * n + Math.floor(k / P)]));
  }

  function sweep() {
    before = s.values.slice();
    reorder();
    let flips;
    if (dense()) {
      call.pulls(stored.reshaped([P, n]), s, pulls.reshaped([P]));
      flips = call.dense_descend(columns.reshaped([n, P]), s, pulls.reshaped([P]), trial.reshaped([P]),
        model.get("degree"), order, words, changes);
    } else {
      call.fields(W, b, s.reshaped([1, n]), fields.reshaped([1, n]));
      flips = call.descend(W, s, fields, order, model.get("tie"), words, changes);
    }
    sweeps += 1;
    atRest = flips === 0;
    visited = atRest ? n : 0;
  }

  /** The state as it is drawn: within a sweep, units not yet visited are as they were. */
  function look() {
    if (!model.get("running")) visited = n;
    drawn.values.set(s.values);
    for (const i of order.values.slice(visited)) drawn.values[Number(i)] = before[Number(i)];
    call.pulls(stored.reshaped([P, n]), drawn, trial.reshaped([P]));
    overlaps = [...trial.values.slice(0, P)].map((pull) => pull / n);
  }

  function status() {
    if (!atRest) return model.get("running") ? "recalling" : sweeps ? "not yet at rest" : "a cue";
    const m = overlaps.slice(0, names.length);
    const k = m.reduce((best, value, j) => (Math.abs(value) > Math.abs(m[best]) ? j : best), 0);
    const name = m[k] < 0 ? `the inverse of ${names[k]}` : names[k];
    if (Math.abs(m[k]) === 1) return `at rest in ${name}`;
    return Math.abs(m[k]) >= model.get("kept") ? `at rest near ${name}` : "at rest in none of the letters";
  }

  /** A state from outside the dynamics: by hand, by a button, or from Python. */
  function place(state) {
    s.values.set(state);
    [cue, sweeps, visited, atRest] = [[...state], 0, n, false];
    stage.draw();
  }

  /** From the cue again, after a change of what is stored; at once for those who want no motion. */
  function again() {
    couple();
    place(cue);
    if (still) while (!atRest) sweep();
    else model.set("running", true);
    stage.draw();
    stage.tell();
  }

  function restore() {
    drawCrowd();
    words.values.set(numbers("u8", model.get("words")));
    couple();
    place(model.get("cue"));
    s.values.set(model.get("state"));
    sweeps = model.get("sweeps");
    stage.draw();
  }

  const stage = live(model, {
    advance(seconds) {
      if (visited >= n) sweep();
      visited = Math.min(n, visited + Math.ceil(seconds * PACE));
      if (atRest) model.set("running", false);
    },
    news() {
      look();
      return { state: [...s.values], cue, words: new DataView(words.values.slice().buffer), sweeps, status: status() };
    },
    listeners: {
      "change:rule": () => { if (!busy) again(); },
      "change:extra": () => { if (!busy) again(); },
      "change:state"() {
        if (model.get("sweeps") !== sweeps || same([...s.values], model.get("state"))) return;
        place(model.get("state"));
        stage.tell();
      },
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:sweeps": () => { if (model.get("sweeps") !== sweeps) restore(); },
      "change:start": restore,
    },
  });
  restore();
  stage.start();

  function put(state, draws = false) {
    model.set("running", false);
    place(state);
    if (draws) stage.tell(false);
    else stage.tell();
  }
  return {
    names, letter, status, look,
    show: stage.show, stop: stage.stop, tell: stage.tell,
    get state() { return drawn.values; },
    get overlaps() { return overlaps.slice(0, names.length); },
    get crowd() { return overlaps.slice(names.length).reduce((a, m) => Math.max(a, Math.abs(m)), 0); },
    get sweeps() { return sweeps; },
    get load() { return [P, P / n]; },
    get energy() {
      if (!dense()) return call.energy(W, b, drawn);
      call.pulls(stored.reshaped([P, n]), drawn, trial.reshaped([P]));
      return call.dense_energy(trial.reshaped([P]), n, model.get("degree"));
    },
    put,
    paint(i, value) {
      if (drawn.values[i] !== value) put([...drawn.values].map((old, j) => (j === i ? value : old)), true);
    },
    step() {
      model.set("running", false);
      sweep();
      stage.draw();
      stage.tell();
    },
    erase() { put([...drawn.values].map((value, i) => (i < n / 2 ? value : -1))); },
    spoil() {
      model.set("running", false);
      s.values.set(drawn.values);
      reorder();
      call.flip(words, s, order, Math.round(model.get("noise") * n));
      put([...s.values]);
    },
    clear() { put(Array(n).fill(-1)); },
    reset() {
      const { state, words: start, rule, extra, noise } = model.get("start");
      busy = true;
      model.set({ running: false, rule, extra, noise, state, cue: state, words: fromHex(start), sweeps: 0 });
      busy = false;
      restore();
      stage.tell();
    },
  };
}

function picture(pattern) {
  const cells = pattern.map((value) => element("span", { class: value > 0 ? "ebm-ink" : "" }));
  return element("span", { class: "ebm-letter", "aria-hidden": "true" }, ...cells);
}

function render({ model, el, simulation }) {
  const { names } = simulation;
  const drawing = drawingPad(simulation, SIDE);
  const run = runButton(model, "Recall");
  const rule = choice(model, "rule", "Rule", RULES);
  const bars = names.map(() => bar());
  const crowd = bar();
  const [energy, sweeps, load] = [element("b"), element("b"), element("b")];
  const gauge = element("i");
  const status = element("p", { class: "ebm-status", role: "status" });
  el.append(
    element("div", { class: "ebm-top" }, rule.node),
    element("div", { class: "ebm-stage" },
      drawing.node,
      element("div", { class: "ebm-side" },
        status,
        element("div", { class: "ebm-readouts" },
          element("p", {}, "Energy ", energy),
          element("p", {}, "Sweeps ", sweeps)),
        element("div", { class: "ebm-overlaps" },
          element("p", {}, "Overlap m with"),
          ...names.map((name, k) => element("div", {},
            element("button", { type: "button", "aria-label": `Load ${name}`, title: `Load ${name}`, onclick: () => simulation.put(simulation.letter(k)) },
              picture(simulation.letter(k)), name),
            bars[k].node)),
          element("div", {}, element("span", {}, "random, largest"), crowd.node)),
        element("div", { class: "ebm-load" },
          element("p", {}, "Load \u03b1 = P/n = ", load),
          element("div", { class: "ebm-gauge", "aria-hidden": "true", style: `--limit: ${100 * LIMIT / 0.25}%` }, gauge),
          element("p", {}, `Hebb's rule breaks near ${LIMIT}`)))),
    element("div", { class: "ebm-buttons" },
      run.node,
      button("One sweep", simulation.step),
      button("Erase half", simulation.erase),
      button("Add noise", simulation.spoil),
      button("Clear", simulation.clear),
      button("Reset", simulation.reset)));

  return simulation.show(el, () => {
    simulation.look();
    drawing.draw();
    rule.draw();
    run.draw();
    simulation.overlaps.forEach((m, k) => bars[k].draw(m));
    crowd.draw(simulation.crowd);
    say(energy, shown(simulation.energy));
    say(sweeps, String(simulation.sweeps));
    const [P, alpha] = simulation.load;
    say(load, `${P}/256 = ${alpha.toFixed(3)}`);
    gauge.style.width = `${Math.min(100, (100 * alpha) / 0.25)}%`;
    say(status, simulation.status());
  });
}

export default widget("memory_pad", simulate, render);
