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

  function array(kind, shape, values = []) {
    const Type = TYPES[kind];
    const count = shape.reduce((a, b) => a * b, 1);
    const at = free;
    free += Math.ceil((count * Type.BYTES_PER_ELEMENT) / 64) * 64;
    const missing = Math.ceil((free - memory.buffer.byteLength) / 65536);
    if (missing > 0) memory.grow(missing);
    const strides = shape.map((_, k) => shape.slice(k + 1).reduce((a, b) => a * b, Type.BYTES_PER_ELEMENT));
    const passed = [0, 0, BigInt(count), BigInt(Type.BYTES_PER_ELEMENT), at, ...shape.map(BigInt), ...strides.map(BigInt)];
    const made = {
      kind, shape, passed,
      // Made anew at each use: growing the memory detaches older views of it.
      get values() { return new Type(memory.buffer, at, count); },
      /** Its first m rows, the same memory. */
      first(m) {
        const shorter = [...passed];
        shorter[2] = BigInt(m * (count / shape[0]));
        shorter[5] = BigInt(m);
        return { kind, shape: [m, ...shape.slice(1)], passed: shorter };
      },
    };
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

/** A line over a moving window: { node, draw(values, last) } where `last` is the abscissa of the last value. */
export function lineChart({ label, xlabel, low, high, span, marks = [] }) {
  const [width, height, left, right, top, bottom] = [320, 130, 38, 8, 8, 30];
  const x = (k) => left + (k / span) * (width - left - right);
  const y = (value) => top + ((high - value) / (high - low)) * (height - top - bottom);
  const line = element("polyline", { class: "ebm-line", points: "" });
  const ends = [0, span].map((k) =>
    element("text", { x: x(k), y: height - bottom + 13, "text-anchor": k ? "end" : "start" }, String(k)));
  const node = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "ebm-chart" });
  for (const value of [high, low]) {
    node.append(element("text", { x: left - 5, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(1)));
  }
  for (const { value, text } of marks) {
    node.append(
      element("line", { class: "ebm-mark", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      element("text", { class: "ebm-mark-text", x: width - right, y: y(value) - 4, "text-anchor": "end" }, text));
  }
  node.append(
    element("line", { class: "ebm-axis", x1: left, x2: left, y1: top, y2: height - bottom }),
    element("line", { class: "ebm-axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }),
    element("text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, xlabel),
    line, ...ends);
  return {
    node,
    draw(values, last) {
      const first = Math.max(0, last - span);
      const from = last - values.length + 1;
      line.setAttribute("points", values.map((value, k) => `${x(from + k - first).toFixed(1)},${y(value).toFixed(1)}`).join(" "));
      say(ends[0], String(first));
      say(ends[1], String(first + span));
    },
  };
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

/** Whether the reader asked for less motion. */
export function prefersStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
