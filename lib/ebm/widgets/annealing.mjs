import { energyChart, raceChart, raceTable, raced, readouts, statePanel, status, temperatureChart } from "./annealing_charts.mjs";
import { button, choice, element, fromHex, live, loadKernels, motion, numbers, runButton, say, shown, widget } from "./shared.mjs";

const BUDGET = 11; // milliseconds of each frame for a race
const [PACE, LONGEST] = [12, 4]; // sweeps a second, to be seen one by one; seconds that no run should exceed
const METHODS = [["quench", "Quench"], ["fixed T", "Fixed T"], ["linear", "Linear"], ["geometric", "Geometric"], ["logarithmic", "Logarithmic"]];
const SETTINGS = ["T", "T_start", "T_end", "sweeps"];

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const { networks, methods, runs, most } = model.get("facts");
  const n = 64;
  const [W, b, order, changes] = [array("f8", [n, n]), array("f8", [n]), array("i8", [n]), array("f8", [n])];
  const [s, fields, words] = [array("i1", [1, n]), array("f8", [1, n]), array("u8", [1, 4])]; // of the single run
  const [states, pull, rows] = [array("i1", [runs, n]), array("f8", [runs, n]), array("u8", [runs, 4])]; // of a race
  const [made, hits, deep, dealer] = [array("i8", [runs]), array("i1", [runs]), array("i1", [runs]), array("u8", [4])];
  const [patterns, pulls] = [array("i1", [n, n]), array("f8", [n])];
  const [own, drawn, temperatures, ends] = [s.reshaped([n]), words.reshaped([4]), array("f8", [most]), array("f8", [2])];
  const inOrder = BigInt64Array.from({ length: n }, (_, i) => BigInt(i));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const same = (a, c) => a.length === c.length && a.every((value, i) => value === c[i]);
  const settings = () => SETTINGS.map((name) => model.get(name));
  const wordsOf = (name) => numbers("u8", model.get(name));
  const bytes = (values) => new DataView(values.slice().buffer);
  let network, stored, levels, cue, cueWords, trace, past = null, plan = [], plans = [];
  let results = {}, before = null, contest = null, owed = 0, busy = false;

  /** The temperatures of a method before its final quench. */
  function schedule(method) {
    if (method === "quench") return [];
    const [T, T_start, T_end, sweeps] = settings();
    const filled = temperatures.reshaped([sweeps]);
    if (method === "fixed T") call.linear(T, T, filled);
    else if (method === "logarithmic") call.logarithmic(T_start, filled);
    else call[method](T_start, T_end, filled);
    return [...filled.values];
  }

  /** All schedules anew; the single run's. */
  function planned() {
    plans = methods.map(schedule);
    return plans[methods.indexOf(model.get("method"))];
  }

  const energyOf = (state) => { own.values.set(state); return call.energy(W, b, own); };
  const atRest = () => trace.length > plan.length + 1 && trace.at(-1) === trace.at(-2);

  function couple() {
    network = networks[model.get("memories")];
    stored = patterns.reshaped([network.names.length, n]);
    stored.values.set(numbers("i1", fromHex(network.patterns)));
    call.hebb(stored, W);
    levels = network.names.map((name, mu) => ({ name, energy: energyOf(pattern(mu)) }));
  }
  const pattern = (mu) => stored.values.slice(mu * n, (mu + 1) * n);

  /** Back to the start of the run; the trace so far stays as a shadow. */
  function begin() {
    if (trace?.length > 1) past = trace;
    [plan, owed] = [planned(), 0];
    trace = [energyOf(cue)];
    drawn.values.set(cueWords);
  }

  /** A run as it was somewhere else. */
  function restore(from) {
    couple();
    [plan, past, cue, trace, cueWords] = [planned(), null, from.cue, [...from.trace], from.cueWords];
    own.values.set(from.state);
    drawn.values.set(from.words);
    stage.draw();
  }
  const adopt = () => restore({
    ...Object.fromEntries(["state", "cue", "trace"].map((name) => [name, model.get(name)])),
    words: wordsOf("words"), cueWords: wordsOf("cue_words"),
  });

  function sweep() {
    if (atRest()) return;
    const k = trace.length - 1;
    call.fields(W, b, s, fields);
    if (k < plan.length) call.sweep_all(W, s, fields, plan[k], words, 0, 1);
    else {
      order.values.set(inOrder);
      call.descend(W, own, fields.reshaped([n]), order, network.tie, drawn, changes);
    }
    trace.push(call.energy(W, b, own));
  }

  function changed(running) {
    if (!running || !still) model.set("running", running);
    stage.draw();
    stage.tell();
  }

  /** The same start and the same random numbers once more, under the present settings. */
  function again() { begin(); changed(true); }

  function anotherStart() {
    call.scatter(drawn, s);
    [cue, cueWords] = [[...own.values], drawn.values.slice()];
    begin();
  }

  /** A race in small steps: it yields after each kernel's call. */
  function* run(given, plans) {
    const [starts, seeds] = [states.values.slice(), rows.values.slice()];
    const counts = { hits: [], lowest: [], sweeps: [] };
    const judged = pulls.reshaped([network.names.length]);
    const total = (values) => values.reduce((sum, value) => sum + Number(value), 0);
    for (const T of plans) {
      states.values.set(starts);
      rows.values.set(seeds);
      call.fields(W, b, states, pull);
      for (const t of T) yield call.sweep_all(W, states, pull, t, rows, 0, 1);
      yield call.quench(W, states, pull, network.tie, rows, order, changes, made);
      call.judge(W, b, stored, states, network.lowest, judged, hits, deep);
      counts.hits.push(total(hits.values));
      counts.lowest.push(total(deep.values));
      counts.sweeps.push(total(made.values) + runs * T.length);
    }
    [before, results] = [results.hits ? results : null, { settings: given, ...counts }];
  }

  function race() {
    if (contest) return;
    dealer.values.set(wordsOf("race_words"));
    call.deal(dealer, rows);
    call.scatter(dealer, states);
    model.set("race_words", bytes(dealer.values));
    contest = run(settings(), plans);
    racer.wake();
    stage.draw();
  }

  const racer = motion(() => {
    const from = performance.now();
    while (contest && performance.now() - from < BUDGET) if (contest.next().done) contest = null;
    if (!contest) { stage.draw(); stage.tell(); }
  }, () => contest !== null);

  const replan = () => { if (!same(planned(), plan) && !busy) again(); else stage.draw(); };
  const stage = live(model, {
    advance(seconds) {
      if (atRest()) anotherStart();
      owed += seconds * Math.max(PACE, plan.length / LONGEST);
      for (; owed >= 1 && !atRest(); owed -= 1) sweep();
      if (atRest()) model.set("running", false);
    },
    news: () => ({
      state: [...own.values], words: bytes(drawn.values), trace: [...trace],
      cue: [...cue], cue_words: bytes(cueWords), results,
    }),
    listeners: {
      ...Object.fromEntries(["method", ...SETTINGS].map((name) => [`change:${name}`, replan])),
      "change:memories": () => {
        if (busy) return;
        [trace, past, results, before, contest] = [null, null, {}, null, null];
        couple();
        again();
      },
      "change:state": () => { if (!busy && !same(own.values, model.get("state"))) adopt(); },
      "change:results": () => {
        if (busy || model.get("results") === results) return;
        [results, before] = [model.get("results"), null];
        stage.draw();
      },
    },
  });
  results = model.get("results");
  adopt();
  stage.start();

  return {
    runs, methods, race,
    /** All there is to draw. */
    look() {
      const P = network.names.length;
      call.pulls(stored, own, pulls.reshaped([P]));
      return {
        methods, runs, levels, trace, past, plan, results, before,
        names: network.names, lowest: network.lowest, plans,
        state: [...own.values], patterns: levels.map((_, mu) => [...pattern(mu)]),
        overlaps: [...pulls.values.slice(0, P)].map((value) => value / n),
        atRest: atRest(), racing: contest !== null,
        stale: Boolean(results.settings) && !same(results.settings, settings()),
        interval(count) { call.interval(count, runs, ends); return [...ends.values]; },
      };
    },
    show(node, drawing) {
      const leave = [stage.show(node, drawing), racer.watch(node)];
      return () => { for (const one of leave) one(); };
    },
    stop() { stage.stop(); racer.stop(); },
    step() { if (atRest()) anotherStart(); else sweep(); changed(false); },
    newStart() { anotherStart(); changed(true); },
    reset() {
      const { words: drawnFirst, race_words: dealt, state, trace: first, ...rest } = model.get("start");
      const start = numbers("u8", fromHex(drawnFirst));
      [busy, contest] = [true, null];
      model.set({ ...rest, running: false, race_words: fromHex(dealt) });
      busy = false;
      [results, before] = [rest.results, null];
      restore({ state, cue: state, trace: first, words: start, cueWords: start });
      stage.tell();
    },
  };
}

function render({ model, el, simulation }) {
  const { methods, runs } = simulation;
  const memories = choice(model, "memories", "Memories", [["pictures", "Pictures"], ["letters", "Letters"]]);
  const method = choice(model, "method", "Method", METHODS);
  const run = runButton(model);
  const start = button("Race", simulation.race);
  const [panel, along] = [statePanel(), readouts()];
  const parts = [energyChart(), temperatureChart(), raceChart(), raceTable(methods)];
  const [now, told, spoken] = ["status", "told", "unseen"].map((kind) => element("p", { class: `ebm-${kind}`, role: "status" }));
  const quenches = element("b");
  el.append(
    element("div", { class: "ebm-choices" }, memories.node, method.node),
    panel.node,
    now,
    along.node,
    element("div", { class: "ebm-charts" }, parts[0].node, parts[1].node),
    element("div", { class: "ebm-buttons" },
      run.node, button("Step", simulation.step), button("New start", simulation.newStart), button("Reset", simulation.reset)),
    element("div", { class: "ebm-contest" },
      element("div", { class: "ebm-buttons" }, start, told),
      element("div", { class: "ebm-charts" }, parts[2].node, parts[3].node),
      element("p", {}, "Bars: runs that ended in a memory or its mirror image, with 95% intervals. \u25cb the race before. ",
        "\u25c7 ended at the lowest energy there is. Each method has the same starts and random numbers, and is quenched at the end."),
      element("p", {}, "Quenches that the sweeps of one annealing would pay for: ", quenches), spoken));

  return simulation.show(el, () => {
    const seen = simulation.look();
    const { results, racing } = seen;
    for (const drawn of [memories, method, run]) drawn.draw();
    for (const part of [panel, along, ...parts]) part.draw(seen, model.get("sweeps"));
    say(now, status(seen, model.get("running")));
    start.setAttribute("aria-disabled", racing);
    say(told, raced(seen));
    say(quenches, results.sweeps ? shown(results.sweeps[2] / results.sweeps[0], 1) : "\u2013");
    const words = methods.map((name, k) => `${name} ${results.hits?.[k]}`).join(", ");
    say(spoken, results.hits && !racing ? `Of ${runs} runs in a memory: ${words}` : "");
  });
}

export default widget("annealing", simulate, render);
