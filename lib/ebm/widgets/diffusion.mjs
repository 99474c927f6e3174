import { followedKey, plane } from "./diffusion_plane.mjs";
import { button, choice, element, fromHex, live, loadKernels, numbers, say, shown, widget } from "./shared.mjs";

const PACE = 40; // steps a second
const CELLS = 48; // of the shading, across
const ARROWS = 13; // across
const WAYS = { forward: 1, backward: -1 };
const SEEDS_OWN = new DataView(new ArrayBuffer(0)); // what Python is told of a film that it can develop itself

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const { points: n, followed, span } = model.get("limits");
  const [patterns, moments] = [model.get("patterns"), model.get("times")];
  const last = moments.length - 1;
  const most = Math.max(...Object.values(patterns).map((stored) => stored.length));
  const times = array("f8", [last + 1], moments);
  const [allMeans, allShares, allWeights, allCounts] = [[most, 2], [most], [most], [2, most]].map((shape) => array("f8", shape));
  const [film, left, words] = [array("f8", [last + 1, n, 2]), array("f8", [n, 2]), array("u8", [4])];
  const [found, part] = [array("f8", [5]), array("f8", [2])];

  /** The middles of so many by so many squares of the plane, the uppermost row first. */
  function squares(across) {
    const middle = (k) => span * ((2 * k + 1) / across - 1);
    const places = Array.from({ length: across * across }, (_, k) => [middle(k % across), -middle(Math.floor(k / across))]);
    return array("f8", [across * across, 2], places.flat());
  }
  const [cells, spots] = [squares(CELLS), squares(ARROWS)];
  const [logDensity, slopes] = [array("f8", [CELLS * CELLS]), array("f8", [ARROWS * ARROWS, 2])];

  let k = 0, owed = 0, way = 0; // way: 1 or -1 once a run has set out
  let opening = true; // at first it goes there and back
  let shot = false, sent; // whether the film is no longer the one that Python knows
  let size, means, logShares, weights, counts, known = "";

  function take() {
    const stored = patterns[model.get("pattern")];
    size = stored.length;
    [means, logShares, weights, counts] = [allMeans.reshaped([size, 2]), allShares.reshaped([size]), allWeights.reshaped([size]), allCounts.reshaped([2, size])];
    means.values.set(stored.flat());
    known = "";
  }

  const moment = (at) => film.values.subarray(2 * n * at, 2 * n * (at + 1));
  const remember = () => left.values.set(moment(0));

  /** The seed's own film. */
  function develop() {
    take();
    words.values.set(numbers("u8", fromHex(model.get("start").words)));
    call.develop(means, model.get("width"), times, words, film);
    remember();
    [shot, way, sent] = [false, 0, SEEDS_OWN];
  }

  /** Set out that way: back from the pattern itself means from fresh noise, on from noise means from the pattern. */
  function turn(wanted) {
    way = wanted;
    remember();
    if (way < 0 && k === 0) {
      call.noise(film, words);
      k = last;
    } else if (way > 0 && k === last) k = 0;
  }

  function advance(steps) {
    const room = way > 0 ? last - k : k;
    for (let step = 0; step < Math.min(steps, room); step++, k += way) {
      call.shoot(means, logShares, model.get("width"), times, film, k, way, words, weights);
    }
    shot = true;
  }

  function anew() {
    develop();
    stage.draw();
    stage.tell();
  }

  /** The film that Python has. */
  function load() {
    const given = model.get("film");
    if (given === sent) return;
    develop();
    words.values.set(numbers("u8", model.get("words")));
    if (!given?.byteLength) return;
    const all = numbers("f8", given);
    film.values.set(all.subarray(0, film.values.length));
    left.values.set(all.subarray(film.values.length));
    sent = given;
  }

  const stage = live(model, {
    advance(seconds) {
      const wanted = WAYS[model.get("direction")];
      if (way !== wanted || k === (wanted > 0 ? last : 0)) turn(wanted);
      owed += seconds * PACE;
      const steps = Math.floor(owed);
      owed -= steps;
      advance(steps);
      if (k === (way > 0 ? last : 0)) {
        if (opening && way > 0) model.set("direction", "backward");
        else model.set("running", false);
        [opening, way] = [false, 0];
      }
      model.set("step", k); // the slider keeps up
    },
    news() {
      if (shot && !model.get("running")) {
        const all = new Float64Array(film.values.length + left.values.length);
        all.set(film.values);
        all.set(left.values, film.values.length);
        [shot, sent] = [false, new DataView(all.buffer)];
      }
      return { step: k, film: sent, words: new DataView(words.values.slice().buffer) };
    },
    listeners: {
      "change:pattern": anew,
      "change:width": anew,
      "change:start": anew,
      "change:film": () => { load(); stage.draw(); },
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:step": () => {
        if (model.get("step") === k) return;
        [k, way, opening] = [model.get("step"), 0, false];
        model.set("running", false);
        stage.draw();
        stage.tell();
      },
    },
  });
  k = model.get("step");
  load();
  stage.start();

  return {
    n, last, span, followed,
    show: stage.show, stop: stage.stop,
    get k() { return k; },
    get t() { return moments[k]; },
    get measured() {
      call.measure(means, model.get("width"), moments[k], left, film, k, counts, found);
      call.shares(moments[k], part);
      const [energy, expected, distance, own, chance] = found.values;
      const [signal, noise] = part.values;
      return { energy, expected, distance, own, chance, signal, noise };
    },
    /** What is to be drawn; at t = 0 the landscape is that of the first moment after, for it may have no width. */
    get picture() {
      const [width, t] = [model.get("width"), moments[Math.max(k, 1)]];
      const now = `${model.get("pattern")} ${width} ${t}`;
      if (now !== known) {
        const blur = span / CELLS; // no finer than what is drawn
        call.log_density(means, logShares, width * width + blur * blur, t, cells, weights, logDensity);
        call.score(means, logShares, width * width, t, spots, weights, slopes);
        known = now;
      }
      const back = model.get("direction") === "backward";
      return {
        logDensity: logDensity.values, across: CELLS,
        spots: spots.values, slopes: slopes.values, apart: (2 * span) / ARROWS,
        points: moment(k), left: left.values,
        past: (count) => Array.from({ length: count + 1 }, (_, j) => (back ? k + count - j : k - count + j))
          .filter((at) => at >= 0 && at <= last).map(moment),
      };
    },
    play(direction) {
      [opening, way] = [false, 0];
      const on = model.get("running") && model.get("direction") === direction;
      model.set("direction", direction);
      model.set("running", !on);
      stage.draw();
      stage.tell();
    },
    reset() {
      const { words: _, ...kept } = model.get("start");
      model.set("running", false);
      model.set(kept);
      k = kept.step;
      anew();
    },
  };
}

function playButton(model, simulation, direction) {
  const label = `Play ${direction}`;
  const node = button(label, () => simulation.play(direction));
  return { node, draw: () => say(node, model.get("running") && model.get("direction") === direction ? "Pause" : label) };
}

function render({ model, el, simulation }) {
  const { n, last } = simulation;
  const picture = plane(simulation);
  const parts = [
    choice(model, "pattern", "Pattern", Object.keys(model.get("patterns")).map((name) => [name, name])),
    playButton(model, simulation, "forward"), playButton(model, simulation, "backward"),
  ];
  const [pattern, forward, backward] = parts.map(({ node }) => node);
  const status = element("p", { class: "ebm-status", role: "status" });
  const names = ["Time t", "Signal", "Noise", "Mean energy", "exact", "Distance to the pattern", "At home", "by chance"];
  const values = names.map(() => element("b"));
  const key = followedKey();
  el.append(
    element("div", { class: "ebm-stage" },
      picture.node,
      element("div", { class: "ebm-side" },
        status,
        element("div", { class: "ebm-readouts" }, ...names.map((name, j) => element("p", /^[a-z]/.test(name) ? { class: "ebm-sub" } : {}, `${name} `, values[j]))),
        element("p", { class: "ebm-note" }, ...key.now, " four points to follow; ", key.left, " hollow: their homes, which they left"),
        element("p", { class: "ebm-note" }, "Shade: energy \u2212log p(x, t), blue is low. Arrows: the score, downhill; long ones are shortened."))),
    pattern,
    element("div", { class: "ebm-buttons" }, forward, backward, button("Reset", simulation.reset)));

  function situation(own) {
    if (model.get("running")) return model.get("direction") === "forward" ? "Dissolving" : "Coming back along the score";
    if (simulation.k === 0) return own === n ? "The pattern" : `Back: ${own} of ${n} at home`;
    return simulation.k === last ? "Noise" : "Between pattern and noise";
  }

  const draw = () => {
    const { energy, expected, distance, own, chance, signal, noise } = simulation.measured;
    for (const { draw } of parts) draw();
    picture.draw(simulation.picture);
    picture.node.setAttribute("aria-label", `${n} points in the plane, the energy landscape and the score at time ${shown(simulation.t)}`);
    [shown(simulation.t, 4), shown(signal, 3), shown(noise, 3), shown(energy, 3), shown(expected, 3), shown(distance, 3),
      `${own} of ${n}`, shown(chance, 1)].forEach((text, j) => say(values[j], text));
    say(status, situation(own));
  };
  const forget = simulation.show(el, draw);
  const resized = new ResizeObserver(() => picture.draw(simulation.picture));
  resized.observe(picture.node);
  return () => { resized.disconnect(); forget(); };
}

export default widget("diffusion", simulate, render);
