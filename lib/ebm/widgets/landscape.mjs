import { NAMES, pins, scene, table } from "./landscape_scene.mjs";
import { button, choice, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const SLOWEST = 150; // steps a second after a drop, to be seen rolling
const GROWTH = 2; // and then so many a second for each step made
const FULL = 2400; // up to here
const ROLL = 90; // cells a second at T = 0
const GRAVITY = 60; // of a ball let go above the curve, energy units a second squared
const GLIDE = 0.06; // seconds by which the drawn ball lags behind, so that it glides
const BLINK = 0.2; // seconds from one drawing of a fast ball to the next
const SETTLED = 0.3; // seconds in one valley before that is said
const SURE = 1; // and of a fast ball, which may have left between two looks
const RESTLESS = 1.5; // seconds without, before hopping is said

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const { cells, steps: most, left, right, fast } = model.get("limits");
  const [E, p, of, counts] = [array("f8", [cells]), array("f8", [cells]), array("i4", [cells]), array("i4", [cells])];
  const [valleys, owner, places] = [array("f8", [3]), array("i4", [3]), array("i4", [2])];
  const [weights, shares, words] = [array("f8", [3]), array("f8", [3]), array("u8", [4])];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const T = () => model.get("temperature");
  const cell = (x) => Math.floor(x * (cells - 1) + 0.5);
  const place = (k) => k / (cells - 1);
  const same = (a, c) => a.every((value, i) => value === c[i]);
  let at = cell(model.get("ball")), steps = 0, owed = 0, held = false;
  let seen = at, blink = 0, air = 0, speed = 0; // of the drawing: the ball's place, its height above the curve
  let told = -1, candidate = -1, stayed = 0, restless = 0; // of what is said: a valley, or -1

  function count(found) {
    counts.values.set(found);
    [steps, owed] = [found.reduce((a, c) => a + c, 0), 0];
    stage.draw();
  }
  const anew = () => count(Array(cells).fill(0));

  /** All that follows from the curve and T, and a run that begins anew. */
  function solve() {
    valleys.values.set(model.get("valleys"));
    call.curve(valleys, E);
    call.divide(E, valleys, owner, of);
    if (T() > 0) {
      call.boltzmann(E, T(), p);
      call.weigh(of, p, 1, weights);
    }
    anew();
  }

  function put(k, height = 0) {
    at = k;
    [seen, air, speed] = [k, still || !model.get("running") ? 0 : Math.max(0, height), 0];
    [told, candidate, stayed, restless] = [of.values[k], of.values[k], 0, 0];
  }

  function advance(wanted) {
    const some = Math.min(wanted, most - steps);
    at = T() > 0 ? call.wander(E, T(), at, words, counts, some) : call.roll(E, at, words, counts, some);
    steps = counts.values.reduce((a, c) => a + c, 0);
  }

  /** Where the ball is drawn, and which valley is named: not at every leap across a pass and back. */
  function follow(seconds) {
    blink += seconds;
    if (model.get("pace") === 1) seen += (at - seen) * (1 - Math.exp(-seconds / GLIDE));
    else if (blink > BLINK) [seen, blink] = [at, 0];
    const now = of.values[at];
    stayed = now === candidate ? stayed + seconds : 0;
    restless = now === told ? 0 : restless + seconds;
    candidate = now;
    const hurried = model.get("pace") > 1;
    if (stayed > (hurried ? SURE : SETTLED)) told = now;
    else if (restless > (hurried ? 0 : RESTLESS)) told = -1;
  }

  const stage = live(model, {
    advance(seconds) {
      if (steps === most) anew();
      if (air > 0) {
        speed += GRAVITY * seconds;
        air = Math.max(0, air - speed * seconds);
      } else if (!held) {
        const walk = model.get("pace") > 1 ? FULL * fast : Math.min(FULL, SLOWEST + GROWTH * steps);
        owed += seconds * (T() > 0 ? walk : ROLL);
        const whole = Math.floor(owed);
        owed -= whole;
        advance(whole);
      }
      follow(seconds);
      if (steps === most) model.set("running", false);
    },
    news: () => ({
      ball: place(at), counts: [...counts.values], words: new DataView(words.values.slice().buffer),
    }),
    listeners: {
      "change:temperature": solve,
      "change:valleys": solve,
      "change:pace": () => stage.draw(),
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:ball": () => { if (cell(model.get("ball")) !== at) { put(cell(model.get("ball"))); stage.draw(); } },
      "change:counts": () => { if (!same([...counts.values], model.get("counts"))) count(model.get("counts")); },
    },
  });
  words.values.set(numbers("u8", model.get("words")));
  solve();
  put(at);
  count(model.get("counts"));
  stage.start();

  return {
    cells, left, right, fast, E, p, of, owner, counts, weights, shares, place, T,
    show: stage.show,
    stop: stage.stop,
    running: () => model.get("running"),
    get at() { return at; },
    get steps() { return steps; },
    get valleys() { return [...valleys.values]; },
    get drawn() { return model.get("running") && !held ? { at: seen, air } : { at, air: 0 }; },
    get atRest() { return T() === 0 && places.values[0] === at; },
    /** The energy from the bottom of the ball's valley to its lower pass, and the cells of both. */
    measure() {
      call.share(of, counts, Math.max(1, steps), shares);
      const height = call.barrier(E, of, at, places);
      const [bottom, pass] = places.values;
      return { height, bottom, pass };
    },
    /** The valley to be named, -1 if the ball does not stay in one. */
    get valley() { return model.get("running") && !held ? told : of.values[at]; },
    drop(x, height) {
      held = false;
      put(cell(Math.min(1, Math.max(0, x))), height);
      anew();
      stage.tell();
    },
    /** In the reader's hand: it does not move by itself. */
    hold(x) {
      held = true;
      put(cell(Math.min(1, Math.max(0, x))));
      anew();
    },
    dropAnywhere() {
      this.drop(place(call.below(words, cells)), 1);
    },
    move(v, x) {
      const to = place(cell(Math.min(right, Math.max(left, x))));
      if (to === valleys.values[v]) return;
      model.set("valleys", [...valleys.values].map((old, u) => (u === v ? to : old)));
      stage.tell(false);
    },
    tell: stage.tell,
    reset() {
      const { words: start, ball, ...rest } = model.get("start");
      model.set({ ...rest, words: fromHex(start) });
      words.values.set(numbers("u8", fromHex(start))); // where the model did not know yet that they have moved on
      held = false;
      solve();
      put(cell(ball));
      stage.draw();
      stage.tell();
    },
  };
}

const stored = (names) => names.filter((name) => name !== NAMES[2]);

/** Where the ball is, in words. */
function words(simulation) {
  const { valley, owner, T, atRest } = simulation;
  if (T() === 0 && !atRest) return "Rolling downhill";
  if (valley < 0) return "Hopping from valley to valley";
  const where = atRest ? "At rest in" : "In";
  const memories = stored(NAMES.filter((_, v) => owner.values[v] === valley));
  if (memories.length === 0) return `${where} the shallow valley: a mixture nobody stored`;
  return memories.length === 1 ? `${where} ${memories[0]}` : `${where} A and B, now one valley`;
}

function render({ model, el, simulation }) {
  const parts = [scene(simulation), pins(simulation), table(simulation), runButton(model),
    choice(model, "pace", "Speed", [[1, "watch"], [simulation.fast, "fast"]])];
  const [view, handles, sums, run, pace] = parts;
  const status = element("p", { class: "ebm-status", role: "status" });
  const [barrier, steps] = [element("b"), element("b")];
  el.append(
    status,
    element("div", { class: "ebm-hills" }, view.node, handles.node),
    element("p", { class: "ebm-hint" }, "Click or tap: drop the ball. Drag a valley: move it. Raise the temperature: it jumps."),
    sums.node,
    element("div", { class: "ebm-tally" },
      element("span", {}, element("span", { class: "ebm-key ebm-key-pass", "aria-hidden": "true" }), "Barrier ", barrier), element("span", {}, "Steps ", steps)),
    element("div", { class: "ebm-buttons" },
      run.node, button("Drop anywhere", () => simulation.dropAnywhere()), button("Reset", simulation.reset), pace.node));

  return simulation.show(el, () => {
    const found = simulation.measure();
    for (const part of parts) part.draw(found);
    const T = simulation.T();
    const inT = T > 0 ? `= ${shown(found.height / T, 1)} T` : "\u2013 never climbed";
    say(barrier, found.pass < 0 ? "none: one valley" : `${shown(found.height)} ${inT}`);
    say(steps, simulation.steps.toLocaleString("en"));
    say(status, words(simulation));
  });
}

export default widget("landscape", simulate, render);
