// What the views share: loading kernels, building elements, a line chart, motion.

const TYPES = {
  f8: Float64Array, f4: Float32Array, i8: BigInt64Array, u8: BigUint64Array,
  i4: Int32Array, i1: Int8Array, u1: Uint8Array,
};
const STACK = 65536; // bytes below the arrays, for the kernels' own variables
const FRAME = 16; // a place for a kernel's result and one for its exception, which it never sets

/** Kernels from the bytes that `ebm.wasm.build` wrote: { array(kind, shape, values), call: { name(...arguments) } }. */
export async function loadKernels(view) {
  // Not every browser compiles a DataView, which is what a Bytes trait becomes.
  const module = await WebAssembly.compile(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const [section] = WebAssembly.Module.customSections(module, "ebm.signatures");
  const signatures = JSON.parse(new TextDecoder().decode(section));
  const memory = new WebAssembly.Memory({ initial: 4 });
  const pointer = new WebAssembly.Global({ value: "i32", mutable: true }, STACK);
  const { exports } = await WebAssembly.instantiate(module, {
    env: { __linear_memory: memory, __stack_pointer: pointer },
  });
  let free = STACK + 64;

  /** Memory from `at` on, as an array of that shape. */
  function laid(kind, shape, at) {
    const Type = TYPES[kind];
    const count = shape.reduce((a, b) => a * b, 1);
    const strides = shape.map((_, k) => shape.slice(k + 1).reduce((a, b) => a * b, Type.BYTES_PER_ELEMENT));
    return {
      kind, shape,
      passed: [0, 0, BigInt(count), BigInt(Type.BYTES_PER_ELEMENT), at, ...shape.map(BigInt), ...strides.map(BigInt)],
      // Made anew at each use: growing the memory detaches older views of it.
      get values() { return new Type(memory.buffer, at, count); },
      /** The start of the same memory in another shape. */
      reshaped: (other) => laid(kind, other, at),
    };
  }

  function array(kind, shape, values = []) {
    const made = laid(kind, shape, free);
    free += Math.ceil((shape.reduce((a, b) => a * b, 1) * TYPES[kind].BYTES_PER_ELEMENT) / 64) * 64;
    const missing = Math.ceil((free - memory.buffer.byteLength) / 65536);
    if (missing > 0) memory.grow(missing);
    made.values.set(values);
    return made;
  }

  function argument(name, described, value) {
    const [kind, rank] = described.split(":");
    if (rank) {
      if (value?.kind !== kind || value.shape.length !== +rank) throw new TypeError(`${name} wants an array ${described}`);
      return value.passed;
    }
    return kind === "i8" || kind === "u8" ? [BigInt(value)] : [Number(value)];
  }

  const call = {};
  for (const [name, kinds] of Object.entries(signatures)) {
    const result = kinds.at(-1);
    const place = free;
    free += 64;
    call[name] = (...given) => {
      if (given.length !== kinds.length - 1) throw new TypeError(`${name} takes ${kinds.length - 1} arguments`);
      const status = exports[name](place, place + FRAME, ...given.flatMap((value, k) => argument(name, kinds[k], value)));
      if (status !== 0) throw new Error(`${name} failed with status ${status}`);
      return result === "void" ? undefined : Number(new TYPES[result](memory.buffer, place, 1)[0]);
    };
  }
  return { array, call };
}

/** Bytes as the page holds them (a DataView) as an array of numbers. */
export function numbers(kind, view) {
  return new TYPES[kind](view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/** The bytes a string of hexadecimal digits stands for. */
export function fromHex(text) {
  return new DataView(Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)).buffer);
}

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "g", "rect", "line", "polyline", "text", "circle", "path", "title"]);

/** An element with attributes (onclick and the like are listeners) and children. */
export function element(tag, attributes = {}, ...children) {
  const made = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Set text only where it changed, so that a live region speaks only of changes. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A line over a moving window of `span` steps: { node, draw(points, last) }, points being [step, value]. */
export function lineChart({ label, xlabel, low, high, span, ticks, marks = [] }) {
  const [height, left, right, top, bottom] = [150, 34, 10, 24, 34];
  const title = element("text", { x: 0, y: 13 }, label);
  const line = element("polyline", { class: "ebm-line" });
  const frame = element("g");
  const ends = [element("text", { "text-anchor": "start" }), element("text", { "text-anchor": "end" })];
  const node = element("svg", { role: "img", "aria-label": label, class: "ebm-chart" }, title, line, frame, ...ends);
  const y = (value) => top + ((high - value) / (high - low)) * (height - top - bottom);
  let width = 0;
  const x = (k) => left + (k / span) * (width - left - right);

  /** Letters keep their size: what changes with the width is where things are. */
  function layOut() {
    width = node.clientWidth || 320;
    node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const [start, end, base] = [x(0), x(span), height - bottom];
    frame.replaceChildren(
      element("path", { class: "ebm-axis", d: `M${start},${top} V${base} H${end}` }),
      element("text", { x: (start + end) / 2, y: height - 6, "text-anchor": "middle" }, xlabel),
      ...ticks.map((value) => element("text", { x: start - 6, y: y(value) + 4, "text-anchor": "end" },
        String(value).replace("-", "\u2212"))),
      ...marks.flatMap(({ value, text }) => [
        element("path", { class: "ebm-mark", d: `M${start},${y(value)} H${end}` }),
        element("text", { class: "ebm-mark-text", x: end, y: y(value) - 5, "text-anchor": "end" }, text),
      ]));
    ends.forEach((text, k) => { text.setAttribute("x", k ? end : start); text.setAttribute("y", base + 14); });
  }

  return {
    node,
    /** Other marks than those it began with. */
    mark(others) { marks = others; layOut(); },
    draw(points, last) {
      if (width !== (node.clientWidth || 320)) layOut();
      const first = Math.max(0, last - span);
      const shown = points.filter(([step]) => step >= first);
      const place = ([step, value]) => `${x(step - first).toFixed(1)},${y(value).toFixed(1)}`;
      line.setAttribute("points", shown.map(place).join(" "));
      say(ends[0], String(first));
      say(ends[1], String(first + span));
    },
  };
}

/**
 * Axes for curves: { node, layer, fit(), x(value), y(value), path(points) }. xs and ys: { low, high, ticks, log, label },
 * a tick being a number or [number, text]. Call fit() before drawing into `layer`; it says whether the size changed.
 */
export function axes({ label, xs, ys, height = 200 }) {
  const [left, right, top, bottom] = [38, 12, 26, 36];
  const frame = element("g");
  const layer = element("g");
  const node = element("svg", { role: "img", "aria-label": label, class: "ebm-chart", style: `height: ${height}px` }, frame, layer);
  let width = 0;
  const share = ({ low, high, log }, value) =>
    (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
  const x = (value) => left + share(xs, value) * (width - left - right);
  const y = (value) => height - bottom - share(ys, value) * (height - top - bottom);
  const named = ({ ticks }) => ticks.map((tick) => (Array.isArray(tick) ? tick : [tick, String(tick).replace("-", "\u2212")]));

  function fit() {
    const now = node.clientWidth || 320;
    if (now === width) return false;
    width = now;
    node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    frame.replaceChildren(
      element("text", { x: 0, y: 13, class: "ebm-title" }, label),
      element("path", { class: "ebm-axis", d: `M${left},${top} V${height - bottom} H${width - right}` }),
      ...named(xs).flatMap(([value, text]) => [
        element("path", { class: "ebm-axis", d: `M${x(value)},${height - bottom} v4` }),
        element("text", { x: x(value), y: height - bottom + 16, "text-anchor": "middle" }, text)]),
      ...named(ys).flatMap(([value, text]) => [
        element("path", { class: "ebm-axis", d: `M${left},${y(value)} h-4` }),
        element("text", { x: left - 7, y: y(value) + 4, "text-anchor": "end" }, text)]),
      element("text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, xs.label));
    return true;
  }
  const path = (points) => points.map(([a, c]) => `${x(a).toFixed(1)},${y(c).toFixed(1)}`).join(" ");
  return { node, layer, fit, x, y, path };
}

/** Calls step(seconds) before each frame while `wanted()` and some watched node is on screen. */
export function motion(step, wanted) {
  const seen = new Set();
  let frame = 0, before = 0;
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
    wake();
  });
  function tick(now) {
    frame = 0;
    if (!wanted() || seen.size === 0) return;
    step(Math.min((now - before) / 1000, 0.1));
    before = now;
    frame = requestAnimationFrame(tick);
  }
  function wake() {
    if (frame || !wanted() || seen.size === 0) return;
    before = performance.now();
    frame = requestAnimationFrame(tick);
  }
  return {
    wake,
    watch(node) {
      watcher.observe(node);
      return () => { watcher.unobserve(node); seen.delete(node); };
    },
    stop() { watcher.disconnect(); cancelAnimationFrame(frame); seen.clear(); },
  };
}

/**
 * What keeps a simulation, its drawings and Python in step.
 * advance(seconds) moves the simulation; news() is what Python should know of it; listeners are for
 * the model's changes. Motion stops where nobody sees it, and does not start for a reader who prefers stillness.
 */
export function live(model, { advance, news, listeners = {} }) {
  const drawings = new Set();
  let told = 0;

  function draw() {
    for (const drawing of drawings) drawing();
  }

  /** Not at every frame, which would flood a kernel behind the page. */
  function tell(now = true) {
    if (!now && performance.now() - told < 200) return;
    told = performance.now();
    model.set(news());
    model.save_changes();
  }

  const clock = motion((seconds) => {
    advance(seconds);
    draw();
    tell(false);
  }, () => model.get("running"));

  const all = { "change:running": () => { clock.wake(); draw(); tell(); }, ...listeners };
  for (const [event, listener] of Object.entries(all)) model.on(event, listener);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  return {
    draw,
    tell,
    /** To be called once the simulation can answer `news`. */
    start() { if (still && model.get("running")) model.set("running", false); },
    /** Keep `drawing` up to date while `node` is shown; returns the clean-up. */
    show(node, drawing) {
      drawings.add(drawing);
      const forget = clock.watch(node);
      drawing();
      return () => { drawings.delete(drawing); forget(); };
    },
    stop() {
      clock.stop();
      for (const [event, listener] of Object.entries(all)) model.off(event, listener);
    },
  };
}

/** A button. */
export function button(label, onclick) {
  return element("button", { type: "button", onclick }, label);
}

/** The button that runs and pauses: { node, draw() }. */
export function runButton(model, label = "Run") {
  const node = button(label, () => { model.set("running", !model.get("running")); });
  return { node, draw: () => say(node, model.get("running") ? "Pause" : label) };
}

/** Buttons of which one is down, for a trait with few values: { node, draw() }; options are [value, label]. */
export function choice(model, trait, label, options) {
  const buttons = options.map(([value, text]) => button(text, () => model.set(trait, value)));
  return {
    node: element("div", { class: "ebm-choice", role: "group", "aria-label": label }, element("span", {}, label), ...buttons),
    draw() {
      options.forEach(([value], k) => buttons[k].setAttribute("aria-pressed", value === model.get(trait)));
    },
  };
}

/** A bar from 0 to m, between -1 and 1, with its value in words beside it. */
export function bar() {
  const [fill, text] = [element("i"), element("b")];
  return {
    node: element("span", { class: "ebm-overlap" }, element("span", { class: "ebm-bar", "aria-hidden": "true" }, fill), text),
    draw(m) {
      fill.style.cssText = `left: ${50 + 50 * Math.min(0, m)}%; width: ${50 * Math.abs(m)}%`;
      say(text, shown(m));
    },
  };
}

/**
 * A square pad of units +1 and -1: the pointer draws; arrow keys move a frame, space flips the unit in it.
 * From { state, paint(i, value), tell() }; returns { node, draw() }.
 */
export function drawingPad(simulation, side) {
  const cells = Array.from({ length: side * side }, () => element("span"));
  const said = element("p", { class: "ebm-unseen", role: "status" });
  let [row, column, colour, last] = [0, 0, 0, undefined];
  const at = () => row * side + column;
  const tell = () => say(said, `row ${row + 1}, column ${column + 1}: ${simulation.state[at()] > 0 ? "ink" : "paper"}`);

  function place(event) {
    const box = node.getBoundingClientRect();
    const within = (share) => Math.max(0, Math.min(side - 1, Math.floor(share * side)));
    return [within((event.clientY - box.top) / box.height), within((event.clientX - box.left) / box.width)];
  }
  function draw(event) {
    const [to, from] = [place(event), last ?? place(event)];
    const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
    for (let k = 0; k <= steps; k++) { // a quick finger skips cells
      [row, column] = [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * k) / steps));
      simulation.paint(at(), colour);
    }
    last = to;
    mark();
  }
  function key(event) {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!move && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (move) {
      row = Math.max(0, Math.min(side - 1, row + move[0]));
      column = Math.max(0, Math.min(side - 1, column + move[1]));
      if (event.shiftKey) simulation.paint(at(), 1);
    } else simulation.paint(at(), -simulation.state[at()]);
    simulation.tell();
    mark();
    tell();
  }
  function mark() {
    cells.forEach((cell, i) => cell.classList.toggle("ebm-here", i === at()));
  }
  const node = element("div", {
    class: "ebm-pad", style: `--side: ${side}`, tabindex: 0, role: "application", "aria-roledescription": "drawing pad",
    "aria-label": `The network's ${side} by ${side} units. Arrow keys move, space flips a unit, shift with an arrow key draws.`,
    onkeydown: key, onfocus: tell,
    onpointerdown(event) {
      if (event.button !== 0) return;
      node.setPointerCapture(event.pointerId);
      [row, column] = place(event);
      colour = -simulation.state[at()];
      last = undefined;
      draw(event);
    },
    onpointermove(event) { if (node.hasPointerCapture(event.pointerId)) draw(event); },
    onpointerup() { simulation.tell(); },
  }, ...cells);
  mark();
  return {
    node: element("div", {}, node, said),
    draw() { simulation.state.forEach((value, i) => cells[i].classList.toggle("ebm-ink", value > 0)); },
  };
}

/** A number as a reader meets it, with a real minus sign. */
export function shown(value, digits = 2) {
  return value.toFixed(digits).replace("-", "\u2212");
}

/**
 * The widget: simulate(model) makes one simulation, with a stop(); render({ model, el, simulation }) draws
 * it, as often as it is shown, and returns its clean-up. Where it cannot start, the still figure stands in.
 */
export function widget(name, simulate, render) {
  return () => {
    let simulation, trouble;
    return {
      async initialize({ model }) {
        try {
          simulation = await simulate(model);
        } catch (error) {
          trouble = error;
        }
        return () => simulation?.stop();
      },
      render({ model, el }) {
        el.classList.add("ebm", `ebm-${name}`);
        if (!trouble) return render({ model, el, simulation });
        const still = model.get("still");
        if (still?.byteLength) {
          const address = URL.createObjectURL(new Blob([still], { type: "image/png" }));
          el.append(element("img", { src: address, alt: model.get("alt") }));
        }
        el.append(element("p", { role: "alert" }, `This figure cannot move here: ${trouble.message}.`));
      },
    };
  };
}
