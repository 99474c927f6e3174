import { element, say, shown } from "./shared.mjs";

export const NAMES = ["memory A", "memory B", "mixture"];
const SHORT = ["A", "B", "mix"];
const [EDGE, TOP, RADIUS] = [14, 16, 9]; // pixels beside the curve, above it, of the ball
const CEILING = 1.6; // energy at the top of the drawing
const FLOOR = -2.3; // and at its bottom, unless a valley is deeper
const BED = 34; // pixels below that
const PEAK = 0.42; // of the drawing's height is the shading's
const BIN = 3; // cells of one step of the measured line
const STEP = 0.01; // of an arrow key
const REACH = 0.15; // how far from its middle a valley can be taken hold of
const SLOP = 6; // pixels a press may move and still be a click

/** Keys of a slider: where they lead from x, or undefined. */
function led(event, x, low, high) {
  const step = event.shiftKey ? 10 * STEP : STEP;
  const to = {
    ArrowLeft: x - step, ArrowDown: x - step, ArrowRight: x + step, ArrowUp: x + step,
    PageDown: x - 10 * STEP, PageUp: x + 10 * STEP, Home: low, End: high,
  }[event.key];
  if (to === undefined) return undefined;
  event.preventDefault();
  return Math.min(high, Math.max(low, to));
}

/** The curve, the ball on it, and behind it how likely each place is and how often it was visited. */
export function scene(simulation) {
  const { cells, E, p, counts, place } = simulation;
  const shape = (name) => element("path", { class: `ebm-${name}` });
  const [ground, chance, been, curve, wall, warmth] = ["ground", "chance", "been", "hill", "pass", "warmth"].map(shape);
  const [spot, body] = [element("circle", { class: "ebm-spot", r: 2.5 }), element("circle", { class: "ebm-body", r: RADIUS })];
  const heat = element("text", { class: "ebm-warm", "text-anchor": "middle" }, "T");
  const energy = element("text", { x: EDGE + 6, y: 15 }, "energy \u2191");
  const ball = element("g", {
    class: "ebm-ball", tabindex: 0, role: "slider", "aria-label": "The ball", "aria-valuemin": 0, "aria-valuemax": 1,
    onkeydown(event) {
      const to = led(event, place(simulation.at), 0, 1);
      if (to === undefined) return;
      simulation.drop(to);
      describe();
    },
    onfocus: () => describe(),
  }, element("circle", { class: "ebm-grip", r: 22 }), element("circle", { class: "ebm-ring", r: RADIUS + 5 }), body, spot);
  const node = element("svg", {
    class: "ebm-chart ebm-scene", role: "group", "aria-label": "Energy curve with a ball",
    onpointerdown: press, onpointermove: drag, onpointerup: release, onpointercancel: () => { letGo(); },
  }, element("g", { "aria-hidden": "true" }, ground, chance, been, curve, wall, warmth, heat, energy), ball);
  let [width, height, low] = [0, 0, FLOOR];
  let hand; // what the pointer took hold of, and where: { from, at, ball, moved, v, offset }

  const x = (k) => EDGE + (k / (cells - 1)) * (width - 2 * EDGE);
  const y = (value) => TOP + ((CEILING - value) / (CEILING - low)) * (height - TOP - BED);
  const between = (values, k) => {
    const i = Math.min(cells - 2, Math.floor(k));
    return values[i] + (k - i) * (values[i + 1] - values[i]);
  };
  const line = (points) => points.map(([a, c]) => `${a.toFixed(1)},${c.toFixed(1)}`).join("L");

  function pointed(event) {
    const box = node.getBoundingClientRect();
    return [(event.clientX - box.left - EDGE) / (width - 2 * EDGE), event.clientY - box.top];
  }
  function press(event) {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    hand = { from: event.clientX, at: pointed(event)[0], ball: ball.contains(event.target) };
  }
  function drag(event) {
    if (!hand) return;
    const [at] = pointed(event);
    if (hand.v === undefined && !hand.moved && Math.abs(event.clientX - hand.from) > SLOP) {
      hand.moved = true;
      const away = simulation.valleys.map((c) => c - hand.at);
      const v = away.reduce((best, one, k) => (Math.abs(one) < Math.abs(away[best]) ? k : best), 0);
      if (!hand.ball && Math.abs(away[v]) < REACH) [hand.v, hand.offset] = [v, away[v]];
    }
    if (hand.ball && hand.moved) simulation.hold(at);
    else if (hand.v !== undefined) simulation.move(hand.v, at + hand.offset);
  }
  function release(event) {
    if (!hand) return;
    const [at, level] = pointed(event);
    const { moved, v } = hand;
    if (hand.ball && moved) simulation.drop(at);
    else if (!moved) {
      const k = Math.min(cells - 1, Math.max(0, at * (cells - 1)));
      simulation.drop(at, ((y(between(E.values, k)) - level) / (height - TOP - BED)) * (CEILING - low));
    }
    hand = undefined;
    if (v !== undefined) simulation.tell();
  }
  function letGo() {
    if (hand?.ball && hand.moved) simulation.drop(place(simulation.at));
    hand = undefined;
  }

  /** Of the ball in words; not at each frame. */
  function describe() {
    const at = place(simulation.at);
    ball.setAttribute("aria-valuenow", at);
    ball.setAttribute("aria-valuetext", `at ${shown(at, 3)}, over the valley of ${NAMES[simulation.of.values[simulation.at]]}`);
  }

  function drawCurve() {
    const points = Array.from(E.values, (value, k) => [x(k), y(value)]);
    curve.setAttribute("d", `M${line(points)}`);
    ground.setAttribute("d", `M${line([[0, points[0][1]], ...points, [width, points.at(-1)[1]], [width, height], [0, height]])}Z`);
  }

  /** Densities stand on the bottom of the drawing; the highest likely place gives the scale of both. */
  function drawDensities() {
    const exact = simulation.T() > 0 ? p.values : new Float64Array(cells);
    const unit = (PEAK * height) / Math.max(...exact);
    const up = (density) => height - Math.min(height - TOP, density * unit);
    chance.setAttribute("d", simulation.T() > 0
      ? `M${line([[x(0), height], ...Array.from(exact, (density, k) => [x(k), up(density)]), [x(cells - 1), height]])}Z` : "M0,0");
    const steps = [];
    for (let k = 0; k < cells; k += BIN) {
      const [last, sum] = [Math.min(cells, k + BIN), counts.values.slice(k, k + BIN).reduce((a, c) => a + c, 0)];
      const level = up(sum / (last - k) / simulation.steps);
      steps.push([x(Math.max(0, k - 0.5)), level], [x(Math.min(cells - 1, last - 0.5)), level]);
    }
    been.setAttribute("d", simulation.steps && simulation.T() > 0 ? `M${line(steps)}` : "M0,0");
  }

  /** Inside the hill that has to be climbed: its height, and beside it that of T. */
  function drawBarrier({ height: barrier, bottom, pass }) {
    const T = simulation.T();
    const foot = y(E.values[bottom]);
    wall.style.display = pass < 0 ? "none" : "";
    for (const one of [warmth, heat]) one.style.display = pass < 0 || T === 0 ? "none" : "";
    if (pass < 0) return;
    const side = x(pass);
    wall.setAttribute("d", `M${side - 7},${foot} h14 M${side},${foot} V${y(E.values[bottom] + barrier)}`);
    warmth.setAttribute("d", `M${side - 6},${foot} V${y(E.values[bottom] + T)}`);
    heat.setAttribute("x", side - 6);
    heat.setAttribute("y", foot + 14);
  }

  function drawBall() {
    const { at, air } = simulation.drawn;
    const slope = (y(between(E.values, Math.min(cells - 1, at + 0.5))) - y(between(E.values, Math.max(0, at - 0.5)))) / (x(1) - x(0));
    const away = RADIUS / Math.hypot(1, slope); // the ball touches the curve beside its middle
    const lift = ((air * (height - TOP - BED)) / (CEILING - low));
    ball.setAttribute("transform", `translate(${(x(at) + slope * away).toFixed(1)},${(y(between(E.values, at)) - away - lift).toFixed(1)})`);
    spot.setAttribute("transform", `rotate(${((x(at) / RADIUS) * 57.3 % 360).toFixed(0)}) translate(0,${-RADIUS / 2})`);
  }

  return {
    node,
    draw(found) {
      [width, height] = [node.clientWidth || 320, node.clientHeight || 280];
      node.setAttribute("viewBox", `0 0 ${width} ${height}`);
      low = Math.min(FLOOR, Math.min(...E.values) - 0.3);
      drawCurve();
      drawDensities();
      drawBarrier(found);
      drawBall();
      if (!simulation.running() || !ball.hasAttribute("aria-valuenow")) describe();
    },
  };
}

/** A handle below each valley, for fingers and keys. */
export function pins(simulation) {
  const { left, right } = simulation;
  let hand;
  const made = NAMES.map((name, v) => {
    const at = (event) => {
      const box = node.getBoundingClientRect();
      return (event.clientX - box.left - EDGE) / (box.width - 2 * EDGE);
    };
    const pin = element("span", {
      class: "ebm-pin", tabindex: 0, role: "slider", "aria-label": `Place of ${name}`,
      "aria-valuemin": left, "aria-valuemax": right,
      onkeydown(event) {
        const to = led(event, simulation.valleys[v], left, right);
        if (to !== undefined) simulation.move(v, to);
      },
      onpointerdown(event) {
        if (event.button !== 0) return;
        pin.setPointerCapture(event.pointerId);
        hand = simulation.valleys[v] - at(event);
      },
      onpointermove(event) { if (pin.hasPointerCapture(event.pointerId)) simulation.move(v, at(event) + hand); },
      onpointerup: () => simulation.tell(),
    }, SHORT[v]);
    return pin;
  });
  const node = element("div", { class: "ebm-rail" }, ...made);
  return {
    node,
    draw() {
      simulation.valleys.forEach((c, v) => {
        made[v].style.setProperty("--x", c);
        made[v].setAttribute("aria-valuenow", c);
        made[v].setAttribute("aria-valuetext", shown(c, 3));
      });
    },
  };
}

/** What each valley should get of the time, and what it got. */
export function table(simulation) {
  const share = (kind) => {
    const [fill, text] = [element("i", { class: `ebm-share-${kind}` }), element("b")];
    return { node: element("td", {}, element("span", { class: "ebm-share", "aria-hidden": "true" }, fill), text), fill, text };
  };
  const rows = SHORT.map(() => {
    const [name, exact, spent] = [element("th", { scope: "row" }), share("exact"), share("spent")];
    return { node: element("tr", {}, name, exact.node, spent.node), name, exact, spent };
  });
  const head = (kind, text) => element("th", { scope: "col" },
    element("span", { class: `ebm-key ebm-key-${kind}`, "aria-hidden": "true" }), text);
  function fill({ fill: bar, text }, value) {
    bar.style.cssText = `width: ${100 * (value ?? 0)}%; display: ${value ? "block" : "none"}`;
    say(text, value === undefined ? "\u2013" : `${shown(100 * value, 1)}%`);
  }
  return {
    node: element("table", { class: "ebm-shares" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "valley"),
        head("exact", "exact weight"), head("spent", "time spent"))),
      element("tbody", {}, ...rows.map(({ node }) => node))),
    draw() {
      const { owner, weights, shares, steps, T } = simulation;
      rows.forEach(({ name, exact, spent }, v) => {
        const into = owner.values[v];
        say(name, into === v ? NAMES[v] : `${SHORT[v]}: part of ${SHORT[into]}`);
        fill(exact, into === v && T() > 0 ? weights.values[v] : undefined);
        fill(spent, into === v && steps ? shares.values[v] : undefined);
      });
    },
  };
}
