import { fieldRow, hiddenBars, learningCurves, letterRow, reconstruction } from "./rbm_charts.mjs";
import { button, choice, drawingPad, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const [N_V, N_H] = [9, 4];
const AT_ONCE = 64; // epochs
const SPEEDS = [[10, "10"], [60, "60"], [400, "400"]];

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const { epochs: most, fine, scale, names, best } = model.get("limits");
  const P = names.length;
  const letters = array("i1", [P, N_V], numbers("i1", model.get("letters")));
  const machine = [array("f8", [N_V, N_H]), array("f8", [N_V]), array("f8", [N_H])]; // W, b_v, b_h
  const [words, coins, next, order] = [array("u8", [4]), array("u8", [4]), array("u8", [4]), array("i8", [P])];
  const scratch = [array("i1", [N_V]), array("i1", [N_H]), array("f8", [N_H]), array("f8", [N_H])];
  const [logs, measured] = [array("f8", [P]), array("f8", [AT_ONCE, 2])];
  const [v, p, h, chances, back] = [array("i1", [N_V]), array("f8", [N_H]), array("i1", [N_H]), array("f8", [N_V]), array("i1", [N_V])];
  let epoch = 0, curve = [], owed = 0;

  const rate = () => Number(model.get("rate").toFixed(6)); // the slider says 0.09999999999999999 and means 0.1
  const dataView = ({ values }) => new DataView(values.slice().buffer);
  const letter = (k) => [...letters.values.slice(k * N_V, (k + 1) * N_V)];

  /** All that Python may have changed. */
  function adopt() {
    machine[0].values.set(model.get("W").flat());
    machine[1].values.set(model.get("b_v"));
    machine[2].values.set(model.get("b_h"));
    words.values.set(numbers("u8", model.get("words")));
    coins.values.set(numbers("u8", model.get("coins")));
    order.values.set(model.get("order").map(BigInt));
    v.values.set(model.get("v"));
    [epoch, curve] = [model.get("epoch"), [...model.get("curve")]];
    stage.draw();
  }

  function advance(wanted) {
    for (let left = Math.min(wanted, most - epoch); left > 0;) {
      const some = Math.min(left, AT_ONCE);
      const found = measured.reshaped([some, 2]);
      call.learn(...machine, letters, order, rate(), words, ...scratch, logs, found);
      const { values } = found;
      for (let k = 0; k < some; k++) {
        epoch += 1;
        if (!curve.length || epoch >= fine * curve.at(-1)[0]) curve.push([epoch, values[2 * k], values[2 * k + 1]]);
      }
      left -= some;
    }
  }

  function forget() {
    call.forget(words, scale, ...machine, order);
    [epoch, curve, owed] = [0, [], 0];
  }

  const stage = live(model, {
    advance(seconds) {
      if (epoch === most) forget();
      owed += seconds * model.get("speed");
      const whole = Math.floor(owed);
      owed -= whole;
      advance(whole);
      if (epoch === most) model.set("running", false);
    },
    news: () => ({
      W: Array.from({ length: N_V }, (_, i) => [...machine[0].values.slice(i * N_H, (i + 1) * N_H)]),
      b_v: [...machine[1].values], b_h: [...machine[2].values],
      words: dataView(words), coins: dataView(coins), order: [...order.values].map(Number),
      v: [...v.values], epoch, curve: [...curve],
    }),
    listeners: {
      "change:speed": () => stage.draw(),
      ...Object.fromEntries(["W", "b_v", "b_h", "words", "coins", "order", "epoch", "curve", "v"].map((name) => [`change:${name}`, adopt])),
    },
  });
  adopt();
  stage.start();

  function done() {
    stage.draw();
    stage.tell();
  }
  function place(bits) {
    v.values.set(bits);
    done();
  }
  return {
    names, letters, letter, most, best, p, h, chances, back, machine, place,
    show: stage.show, stop: stage.stop, tell: stage.tell,
    get epoch() { return epoch; },
    get curve() { return curve; },
    get bits() { return [...v.values]; },
    get error() { return call.error(...machine, letters, scratch[3]); },
    get logLikelihood() { return call.log_likelihoods(...machine, letters, logs); },
    /** The probability of each letter, from the logarithms found last. */
    get probabilities() { return [...logs.values].map((log) => call.exp(log)); },
    // For the pad, which knows +1 and -1.
    get state() { return this.bits.map((on) => 2 * on - 1); },
    paint(i, value) {
      if (this.state[i] === value) return;
      v.values[i] = value > 0 ? 1 : 0;
      stage.draw();
      stage.tell(false);
    },
    /** From v to h and back, with random numbers that stay the same until v' is put back. */
    trip() {
      next.values.set(coins.values);
      call.round_trip(...machine, v, next, p, h, chances, back);
    },
    putBack() {
      this.trip();
      coins.values.set(next.values);
      place(back.values);
    },
    corrupt() { call.corrupt(coins, v); done(); },
    step() {
      model.set("running", false);
      if (epoch === most) forget();
      advance(1);
      done();
    },
    forget() { forget(); done(); },
    reset() {
      const { words: learning, coins: tossed, ...first } = model.get("start");
      model.set({ ...first, words: fromHex(learning), coins: fromHex(tossed), epoch: 0, curve: [] });
      adopt();
      stage.tell();
    },
  };
}

/** What a picture is, in words. */
function described(bits, { names, letter }) {
  const wrong = [...names].map((_, k) => letter(k).filter((on, i) => on !== bits[i]).length);
  const k = wrong.indexOf(Math.min(...wrong));
  return wrong[k] === 0 ? names[k] : wrong[k] === 1 ? `${names[k]} but for one unit` : "none of the letters";
}

function render({ model, el, simulation }) {
  const { names, most, best, machine } = simulation;
  const [run, speed] = [runButton(model, "Train"), choice(model, "speed", "Epochs a second", SPEEDS)];
  const [letters, fields, curves] = [letterRow(names, simulation.letters.values), fieldRow(N_H), learningCurves(most, best)];
  const [pad, hidden, back] = [drawingPad(simulation, 3), hiddenBars(N_H), reconstruction()];
  const [epoch, error, likelihood] = [element("b"), element("b"), element("b")];
  const [seen, returned] = [element("p"), element("p")];
  const status = element("p", { class: "ebm-status", role: "status" });
  const said = element("p", { class: "ebm-unseen", role: "status" });
  const head = (text) => element("p", { class: "ebm-head" }, text);
  const part = (name, ...children) => element("div", { class: `ebm-${name}` }, ...children);
  const arrow = () => element("span", { class: "ebm-arrow", "aria-hidden": "true" }, "\u2192");
  el.append(
    status,
    speed.node,
    part("buttons", run.node, button("One epoch", simulation.step), button("New weights", simulation.forget), button("Reset", simulation.reset)),
    head("What it is shown, and the probability p that it shows this by itself"),
    part("seen", letters.node,
      part("readouts", element("p", {}, "Epochs ", epoch), element("p", {}, "Error ", error), element("p", {}, "Log-likelihood ", likelihood))),
    head("What each hidden unit looks for: its weights"),
    fields.node,
    curves.node,
    head("From a pattern v to the hidden units and back: draw on v"),
    part("flow",
      part("end", head("v"), pad.node, seen), arrow(),
      part("middle", head("p(h | v), and h drawn by chance"), hidden.node), arrow(),
      part("end", head("p(v\u2032 | h), and v\u2032"), back.node, returned)),
    said,
    part("buttons", ...[...names].map((name, k) => button(`Load ${name}`, () => simulation.place(simulation.letter(k)))),
      button("Corrupt one unit", simulation.corrupt), button("Put v\u2032 back", () => simulation.putBack())));

  function draw() {
    const { bits } = simulation;
    curves.draw(simulation.curve);
    run.draw();
    speed.draw();
    const [wrong, log] = [simulation.error, simulation.logLikelihood];
    letters.draw(simulation.probabilities);
    fields.draw(...machine.map(({ values }) => values));
    simulation.trip();
    pad.draw();
    hidden.draw([...simulation.p.values], simulation.h.values);
    back.draw([...simulation.chances.values], [...simulation.back.values]);
    const [from, to] = [described(bits, simulation), described([...simulation.back.values], simulation)];
    say(epoch, String(simulation.epoch));
    say(error, shown(wrong, 4));
    say(likelihood, shown(log));
    say(seen, `v: ${from}`);
    say(returned, `v\u2032: ${to}`);
    if (model.get("running")) {
      say(status, "Learning");
      return;
    }
    say(said, `v is ${from}, v\u2032 is ${to}`);
    const found = `error ${shown(wrong, 4)}, log-likelihood ${shown(log)}`;
    say(status, simulation.epoch ? `After ${simulation.epoch} epoch${simulation.epoch === 1 ? "" : "s"}: ${found}` : `Nothing learned yet: ${found}`);
  }
  const resized = new ResizeObserver(draw); // a machine at rest is drawn by nothing else
  resized.observe(el);
  const forget = simulation.show(el, draw);
  return () => { resized.disconnect(); forget(); };
}

export default widget("rbm", simulate, render);
