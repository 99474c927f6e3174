import { button, choice, element, fromHex, live, loadKernels, numbers, runButton, say, shown, widget } from "./shared.mjs";

const PACE = 10; // sweeps a second: slow enough to see each picture

async function simulate(model) {
  const { array, call } = await loadKernels(model.get("kernels"));
  const { sizes, every, kept } = model.get("limits");
  const [n, n1, n2, classes, top] = sizes;
  const vector = (k) => array("f8", [k]);
  const whole = numbers("i1", model.get("weights"));
  let place = 0;
  const [up1, up2, down2, down1, W, W_labels] = [[n, n1], [n1, n2], [n2, n1], [n1, n], [n2, top], [classes, top]].map((shape, k) => {
    const [count, made] = [shape[0] * shape[1], array("f8", shape)];
    call.scaled(array("i1", [count], whole.subarray(place, place + count)), model.get("scales")[k], made.reshaped([count]));
    place += count;
    return made;
  });
  const biases = numbers("f8", model.get("biases"));
  place = 0;
  const [b_up1, b_up2, b_down2, b_down1, b_x, b_labels, b_top] = [n1, n2, n1, n, n2, classes, top].map((count) => {
    place += count;
    return array("f8", [count], biases.subarray(place - count, place));
  });
  const units = sizes.map((count) => array("i1", [count]));
  const [v, h1, x, labels, h] = units;
  const [grey, seen, p1, p2, p_top, p_labels, p_read] = [n, n, n1, n2, top, classes, classes].map(vector);
  const [shades, words] = [array("u1", [n]), array("u8", [4])];
  let trail = [], sweeps = 0, owed = 0;

  const held = () => model.get("label") ?? -1;
  const state = () => units.flatMap(({ values }) => [...values]);
  const best = (p) => p.reduce((top, value, k) => (value > p[top] ? k : top), 0);

  function down() {
    call.down(down2, b_down2, x, 1, words, p1, h1);
    call.down(down1, b_down1, h1, 1, words, grey, v);
  }

  /** What the network, sent upwards, takes a picture for: [label, its probability]. */
  function read(picture) {
    seen.values.set(picture.values);
    call.infer(up1, b_up1, seen, p1);
    call.infer(up2, b_up2, p1, p2);
    call.read(W, b_top, W_labels, b_labels, p2, p_read);
    const p = p_read.values;
    return [best(p), p[best(p)]];
  }

  function sweep() {
    call.remember(W, b_x, b_top, W_labels, b_labels, held(), model.get("temperature"), words, x, labels, h, p_top, p_labels);
    down();
    sweeps += 1;
    if (sweeps % every !== 0) return;
    call.shade(grey, shades);
    trail = [...trail, [...shades.values, read(grey)[0]]].slice(-kept);
  }

  /** All that Python, or the start, says. */
  function restore() {
    let place = 0;
    for (const { values } of units) {
      values.set(model.get("state").slice(place, place + values.length));
      place += values.length;
    }
    words.values.set(numbers("u8", model.get("words")));
    const bytes = numbers("u1", model.get("trail"));
    trail = Array.from({ length: bytes.length / (n + 1) }, (_, k) => [...bytes.subarray(k * (n + 1), (k + 1) * (n + 1))]);
    [sweeps, owed] = [model.get("sweeps"), 0];
    call.means(down1, b_down1, h1, grey);
    stage.draw();
  }

  const redraw = () => stage.draw();
  const stage = live(model, {
    advance(seconds) {
      owed += seconds * PACE;
      for (; owed >= 1; owed -= 1) sweep();
    },
    news: () => ({
      state: state(), sweeps,
      trail: new DataView(Uint8Array.from(trail.flat()).buffer), words: new DataView(words.values.slice().buffer),
    }),
    listeners: {
      "change:label": redraw,
      "change:temperature": redraw,
      "change:picture": redraw,
      "change:words": () => words.values.set(numbers("u8", model.get("words"))),
      "change:state": () => {
        const own = state();
        if (model.get("state").some((value, i) => value !== own[i])) restore();
      },
      "change:sweeps": () => { if (model.get("sweeps") !== sweeps) restore(); },
    },
  });
  restore();
  stage.start();

  return {
    classes, kept, h1, x, h,
    show: stage.show, stop: stage.stop,
    get sweeps() { return sweeps; },
    get trail() { return trail; },
    get label() { return best(labels.values); },
    get picture() { return model.get("picture") === "grey" ? grey.values : v.values; },
    get reading() { return read(model.get("picture") === "grey" ? grey : v); },
    /** What the top layer thinks of. */
    get chances() {
      call.label_chances(W_labels, b_labels, h, model.get("temperature"), p_labels);
      return p_labels.values;
    },
    step() {
      model.set("running", false);
      sweep();
      stage.draw();
      stage.tell();
    },
    anew() {
      call.begin(words, held(), x, labels, h);
      down();
      [trail, sweeps, owed] = [[], 0, 0];
      stage.draw();
      stage.tell();
    },
    reset() {
      const { words: start, trail: before, ...rest } = model.get("start");
      model.set({ ...rest, words: fromHex(start), trail: fromHex(before) });
      restore();
      stage.tell();
    },
  };
}

/** Cells of ink, from none (0) to full (1): { node, draw(values) }. */
function picture(count, attributes) {
  const cells = Array.from({ length: count }, () => element("span"));
  const drawn = [];
  return {
    node: element("span", attributes, ...cells),
    draw: (values) => values.forEach((value, i) => {
      if (value !== drawn[i]) cells[i].style.opacity = drawn[i] = value;
    }),
  };
}

/** A layer as dots: large and filled is on, small is off. */
function layer(name, units) {
  const dots = [...units.values].map(() => element("span"));
  return {
    node: element("div", { class: "ebm-layer" },
      element("p", {}, name),
      element("div", { class: dots.length > 128 ? "ebm-dots" : "ebm-dots ebm-few", "aria-hidden": "true" }, ...dots)),
    draw: () => units.values.forEach((on, i) => dots[i].classList.toggle("ebm-on", on === 1)),
  };
}

/** The label units: bars of their probabilities; one is on, one may be held. */
function labelBars(model, simulation) {
  const parts = Array.from({ length: simulation.classes }, (_, k) => {
    const [fill, mark, spoken] = [element("i"), element("small"), element("span", { class: "ebm-unseen" })];
    const node = element("li", {},
      element("span", { class: "ebm-column", "aria-hidden": "true" }, fill), element("b", {}, String(k)), spoken, mark);
    return { node, fill, mark, spoken };
  });
  return {
    node: element("div", { class: "ebm-layer" },
      element("p", {}, "10 label units: p given the top layer"),
      element("ol", { class: "ebm-labels", "aria-label": "Label units" }, ...parts.map(({ node }) => node))),
    draw() {
      const { chances, label } = simulation;
      parts.forEach(({ node, fill, mark, spoken }, k) => {
        fill.style.height = `${(100 * chances[k]).toFixed(1)}%`;
        node.classList.toggle("ebm-is-on", k === label);
        say(spoken, `: probability ${shown(chances[k])} `);
        say(mark, k === model.get("label") ? "held" : k === label ? "on" : "");
      });
    },
  };
}

/** The last pictures kept, the newest at the right, each with what it was read as. */
function trailRow({ kept, trail }, cells) {
  const small = Array.from({ length: kept }, () => ({ ...picture(cells, { class: "ebm-digit", "aria-hidden": "true" }), name: element("b") }));
  return {
    node: element("div", { class: "ebm-trail" },
      element("p", {}, "Every twentieth picture, and what the network reads it as"),
      element("ol", { "aria-label": "Earlier pictures, read as" }, ...small.map(({ node, name }) => element("li", {}, node, name)))),
    draw(trail) {
      small.forEach(({ draw, name }, k) => {
        const row = trail[k - kept + trail.length];
        draw(row ? row.slice(0, -1).map((shade) => shade / 255) : Array(cells).fill(0));
        say(name, row ? String(row.at(-1)) : "\u2013");
      });
    },
  };
}

function render({ model, el, simulation }) {
  const [v, h1, h2, , top] = model.get("limits").sizes;
  const big = picture(v, { class: "ebm-digit", role: "img", "aria-label": "The dreamt picture, 8 by 8 cells" });
  const layers = [
    layer(`Top layer: ${top} units`, simulation.h),
    labelBars(model, simulation),
    layer(`Second hidden layer: ${h2} units`, simulation.x),
    layer(`First hidden layer: ${h1} units`, simulation.h1)];
  const trail = trailRow(simulation, v);
  const run = runButton(model);
  const choices = [
    choice(model, "label", "Label", [[null, "none"], ...Array.from({ length: simulation.classes }, (_, k) => [k, String(k)])]),
    choice(model, "picture", "Picture", [["grey", "Probabilities"], ["sample", "Sample"]])];
  const [sweeps, on, digit, sure] = ["b", "b", "b", "span"].map((tag) => element(tag));
  const status = element("p", { class: "ebm-unseen", role: "status" });
  const arrow = (...text) => element("p", { class: "ebm-arrow" }, ...text);
  const T = element("span");
  el.append(
    status, choices[0].node,
    element("div", { class: "ebm-buttons" },
      run.node, button("Step", simulation.step), button("New start", simulation.anew), button("Reset", simulation.reset)),
    element("p", { class: "ebm-reading" }, "The network reads this as ", digit, sure),
    element("div", { class: "ebm-stage" },
      element("div", { class: "ebm-seen" },
        big.node,
        element("div", { class: "ebm-scale" }, "paper 0 ", element("span", { "aria-hidden": "true" }), " 1 ink"),
        choices[1].node,
        element("div", { class: "ebm-readouts" },
          element("p", {}, "Sweeps ", sweeps),
          element("p", {}, "Label on ", on))),
      element("div", { class: "ebm-tower" },
        layers[0].node, arrow("\u21C5 the memory: Gibbs sampling at ", T),
        layers[1].node, layers[2].node, arrow("\u2193 one pass down"),
        layers[3].node, arrow("\u2193 to the picture"))),
    trail.node);

  return simulation.show(el, () => {
    for (const part of [...layers, ...choices, run]) part.draw();
    const [label, p] = simulation.reading;
    big.draw(simulation.picture);
    trail.draw(simulation.trail);
    say(digit, String(label));
    say(sure, ` (${shown(p)})`);
    say(T, `T = ${shown(model.get("temperature"), 1)}`);
    say(sweeps, String(simulation.sweeps));
    say(on, String(simulation.label));
    const asked = model.get("label") === null ? "Dreaming freely" : `Dreaming of ${model.get("label")}`;
    say(status, model.get("running") ? asked : `${asked}, sweep ${simulation.sweeps}: the network reads this as ${label} (${shown(p)})`);
  });
}

export default widget("dream", simulate, render);
