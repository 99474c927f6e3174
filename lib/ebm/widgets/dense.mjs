import { BARS, DEGREES, curves, sharesChart } from "./dense_charts.mjs";
import { button, choice, drawingPad, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const SIDE = 8;
const BUDGET = 9; // milliseconds of each frame for trials
const SIZES = Array.from({ length: 12 }, (_, k) => 2 ** (k + 1));

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const [n, most, enough] = [SIDE * SIDE, model.get("most"), model.get("enough")];
  const [pool, turned] = [array("i1", [most, n]), array("i1", [most * n])];
  const [pulls, trial, shares] = [array("f8", [most]), array("f8", [most]), array("f8", [most])];
  const [s, order, energies, out, ends] = [array("i1", [n]), array("i8", [n]), array("f8", [n]), array("f8", [n]), array("f8", [2])];
  const [words, own] = [array("u8", [4]), array("u8", [4])]; // of the cues, and of whatever else runs
  const inOrder = BigInt64Array.from({ length: n }, (_, i) => BigInt(i));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const same = (a, c) => a.every((value, i) => value === c[i]);
  const size = () => Math.max(2, Math.min(most, Math.round(model.get("P"))));
  const power = (degree) => (degree === "exponential" ? 0 : degree);
  const first = (P) => pool.reshaped([P, n]);
  let cue, pattern, seen = {}, counts = new Map(), queue = [], turnedFor = 0, busy = false;

  function spoil() {
    order.values.set(inOrder);
    call.flip(own, s, order, Math.round(model.get("noise") * n));
  }

  /** The descent from s to its end, in place; the pulls there are left in `pulls`. */
  function settle(P, degree) {
    if (turnedFor !== P) { // the patterns with the units first, as the kernel wants them
      const all = first(P).values;
      turned.reshaped([n, P]).values.set(all.map((_, k) => all[(k % P) * n + Math.floor(k / P)]));
      turnedFor = P;
    }
    order.values.set(inOrder);
    call.pulls(first(P), s, pulls.reshaped([P]));
    while (call.descend(turned.reshaped([n, P]), s, pulls.reshaped([P]), trial.reshaped([P]), power(degree), order, own, energies));
  }

  /** The trials made so far with so many patterns at that degree and the present noise. */
  function count(degree, P) {
    const noise = model.get("noise");
    const name = `${degree} ${P} ${noise}`;
    if (!counts.has(name)) {
      counts.set(name, { degree, P, noise, hits: 0, trials: 0, words: numbers("u8", fromHex(model.get("start").trials)) });
    }
    return counts.get(name);
  }

  /** One trial: a pattern, spoiled, is it recalled with at most one unit wrong? */
  function attempt(one) {
    own.values.set(one.words);
    const mu = call.below(own, one.P);
    s.values.set(pool.values.slice(mu * n, (mu + 1) * n));
    spoil();
    settle(one.P, one.degree);
    one.hits += pulls.values[mu] >= n - 2;
    one.trials += 1;
    one.words = own.values.slice();
  }

  /** All that follows from the cue. */
  function look() {
    const [P, degree] = [size(), model.get("degree")];
    s.values.set(cue);
    call.pulls(first(P), s, pulls.reshaped([P]));
    const strongest = (weights) => {
      const all = [...weights.slice(0, P)].map((share, mu) => [share, mu]).sort((a, c) => c[0] - a[0] || a[1] - c[1]);
      return { right: weights[0], bars: all.slice(0, BARS) };
    };
    call.shares(pulls.reshaped([P]), n, power(degree), shares.reshaped([P]));
    const pull = strongest(shares.values);
    call.attend(first(P), pulls.reshaped([P]), model.get("beta"), shares.reshaped([P]), out);
    const attention = strongest(shares.values);
    const wrong = [...out.values].filter((value, i) => (value > 0 ? 1 : -1) !== pattern[i]).length;
    own.values.set(numbers("u8", fromHex(model.get("start").descent)));
    settle(P, degree);
    seen = { pull, attention, wrong, end: [...s.values], m: pulls.values[0] / n };
  }

  /** What is to be counted: the present number of patterns first, then the rest of the curve. */
  function plan(start = true) {
    queue = [size(), ...SIZES].map((P) => count(model.get("degree"), P)).filter(({ trials }) => trials < enough);
    queue = [...new Set(queue)];
    if (start && !still && queue.length) model.set("running", true);
  }

  function place(state) {
    cue = [...state];
    look();
    stage.draw();
  }

  function sharpen() {
    if (busy) return;
    place(cue);
    plan();
    stage.tell();
  }

  function another() {
    own.values.set(words.values);
    s.values.set(pattern);
    spoil();
    words.values.set(own.values);
    place(s.values);
    stage.tell();
  }

  function restore() {
    own.values.set(numbers("u8", fromHex(model.get("start").pool)));
    call.scatter(own, pool);
    words.values.set(numbers("u8", model.get("words")));
    pattern = [...pool.values.slice(0, n)];
    [turnedFor, counts] = [0, new Map()];
    place(model.get("cue"));
    plan(false);
  }

  const stage = live(model, {
    advance() {
      const before = performance.now();
      while (queue.length && performance.now() - before < BUDGET) {
        attempt(queue[0]);
        if (queue[0].trials >= enough) queue.shift();
      }
      if (!queue.length) model.set("running", false);
    },
    news() {
      const { hits, trials } = count(model.get("degree"), size());
      return { cue, words: new DataView(words.values.slice().buffer), recalled: hits, trials };
    },
    listeners: {
      "change:degree": sharpen,
      "change:P": sharpen,
      "change:noise": () => { if (!busy) { another(); plan(); } },
      "change:beta": () => { if (!busy) place(cue); },
      "change:cue": () => { if (!same(cue, model.get("cue"))) place(model.get("cue")); },
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:start": restore,
    },
  });
  restore();
  stage.start();

  return {
    n, another, enough,
    show: stage.show, stop: stage.stop, tell: stage.tell,
    get pattern() { return pattern; },
    get state() { return cue; },
    get seen() { return seen; },
    get current() { return count(model.get("degree"), size()); },
    get measured() { return [...counts.values()].filter(({ noise, trials }) => noise === model.get("noise") && trials); },
    interval({ hits, trials }) { call.interval(hits, trials, ends); return [...ends.values]; },
    paint(i, value) { if (cue[i] !== value) { place(cue.map((old, j) => (j === i ? value : old))); stage.tell(false); } },
    reset() {
      const { degree, P, noise, beta, cue: at, words: from } = model.get("start");
      busy = true;
      model.set({ degree, P, noise, beta, cue: at, words: fromHex(from) });
      busy = false;
      restore();
      stage.tell();
    },
  };
}

/** A state as a picture; units that differ from the pattern carry a cross. */
function picture(caption, board) {
  const text = element("p");
  const cells = board ? [...board.node.querySelectorAll(".ebm-pad > span")] : Array.from({ length: SIDE * SIDE }, () => element("span"));
  const shownAs = board?.node ?? element("div", { class: "ebm-pad", style: `--side: ${SIDE}`, role: "img", "aria-label": caption }, ...cells);
  return {
    node: element("div", {}, shownAs, text),
    draw(state, pattern) {
      board?.draw();
      let wrong = 0;
      state.forEach((value, i) => {
        cells[i].classList.toggle("ebm-ink", value > 0);
        cells[i].classList.toggle("ebm-wrong", value !== pattern[i]);
        wrong += value !== pattern[i];
      });
      say(text, board || caption !== "stored" ? `${caption}: ${wrong} wrong` : caption);
    },
  };
}

const raised = (k) => ["", "", "\u00b2", "\u00b3", "\u2074", "\u2075"][k];
function formula(degree) {
  if (degree === "exponential") return "E = \u2212log \u03a3 e\u207f\u1d50, so a pattern pulls with a share softmax(n m)";
  return `E = \u2212n/${degree} \u03a3 m${raised(degree)}, so a pattern pulls with a share of |m|${raised(degree - 1)}`;
}

function render({ model, el, simulation }) {
  const { n, enough } = simulation;
  const degree = choice(model, "degree", "Degree", DEGREES);
  const run = runButton(model, "Count");
  const pictures = [picture("cue", drawingPad(simulation, SIDE)), picture("after descent"), picture("stored")];
  const [pull, attention] = [sharesChart("Shares of the pull in the cue"), sharesChart("Attention's weights")];
  const curve = curves(simulation);
  const [recalled, right, attended, weight] = [element("b"), element("b"), element("b"), element("b")];
  const law = element("p", { class: "ebm-law" });
  const status = element("p", { class: "ebm-status", role: "status" });
  const counted = element("p", { class: "ebm-unseen", role: "status" });
  el.append(
    degree.node,
    element("div", { class: "ebm-pictures" }, ...pictures.map(({ node }) => node)),
    status,
    element("div", { class: "ebm-buttons" },
      run.node, button("Another cue", simulation.another), button("Reset", simulation.reset)),
    curve.node,
    element("p", {}, "Recalled, but for one unit at most: ", recalled), counted,
    element("div", { class: "ebm-pair" },
      element("div", {}, law, pull.node, element("p", {}, "The right one's share: ", right)),
      element("div", {},
        element("p", { class: "ebm-law" }, "The same as attention: q \u2190 X\u1d40 softmax(\u03b2 X q)"),
        attention.node,
        element("p", {}, "The right one's weight: ", weight),
        element("p", {}, "After one step, signs wrong: ", attended))));

  return simulation.show(el, () => {
    const { seen, current, pattern, state } = simulation;
    degree.draw();
    run.draw();
    [state, seen.end, pattern].forEach((shownState, k) => pictures[k].draw(shownState, pattern));
    pull.draw(seen.pull);
    attention.draw(seen.attention);
    curve.draw();
    say(law, formula(current.degree));
    const wrong = Math.round((n * (1 - seen.m)) / 2);
    say(status, wrong > 1 ? `lost: ${wrong} of ${n} units wrong` : wrong ? "recalled but for one unit" : "recalled");
    const [low, high] = current.trials ? simulation.interval(current) : [0, 1];
    say(recalled, `${current.hits} of ${current.trials} (95%: ${shown(low)} to ${shown(high)})`);
    if (current.trials === enough) say(counted, `${current.hits} of ${enough} trials recalled`);
    say(right, shown(seen.pull.right, 3));
    say(weight, shown(seen.attention.right, 3));
    say(attended, `${seen.wrong} of ${n}`);
  });
}

export default widget("dense", simulate, render);
