// The drawings of annealing: the state beside the memories, energy and temperature along a run, the race.
import { axes, bar, element, say, shown } from "./shared.mjs";

const SIDE = 8;
const SHORT = { geometric: "geom.", logarithmic: "log." };
const HOTTEST = 2; // of the temperature's axis

/** A chart made anew when its scale changes: { node, at(scale) }. */
function scaled(make) {
  const node = element("div");
  let key = "", chart;
  return {
    node,
    at(...scale) {
      const anew = key !== scale.join();
      if (anew) {
        key = scale.join();
        chart = make(...scale);
        node.replaceChildren(chart.node);
      }
      return { chart, anew: chart.fit() || anew };
    },
  };
}

/** Round numbers from 0 to `high`, four or so. */
function ticks(high) {
  const step = [1, 2, 5, 10, 20, 25].find((size) => high / size <= 5) ?? 50;
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, k) => k * step);
}

function picture() {
  const cells = Array.from({ length: SIDE * SIDE }, () => element("span"));
  return {
    node: element("span", { class: "ebm-grid", "aria-hidden": "true" }, ...cells),
    draw(state) { state.forEach((value, i) => cells[i].classList.toggle("ebm-ink", value > 0)); },
  };
}

/** The state, and each memory with the state's overlap. */
export function statePanel() {
  const now = picture();
  const list = element("div", { class: "ebm-memories" });
  let rows = [], told = "";
  return {
    node: element("div", { class: "ebm-stage" },
      element("div", { class: "ebm-now" }, now.node, element("p", {}, "the state now")),
      element("div", {}, element("p", {}, "Overlap m of the state with each memory"), list)),
    draw({ state, names, patterns, overlaps }) {
      now.draw(state);
      if (told !== names.join()) {
        told = names.join();
        rows = names.map((name, mu) => {
          const [small, m] = [picture(), bar()];
          small.draw(patterns[mu]);
          list.append(element("div", {}, small.node, element("span", {}, name), m.node));
          return m;
        });
        list.replaceChildren(...[...list.children].slice(-names.length));
      }
      overlaps.forEach((m, mu) => rows[mu].draw(m));
    },
  };
}

/** Sweep, temperature and energy in numbers. */
export function readouts() {
  const [sweep, temperature, energy] = [element("b"), element("b"), element("b")];
  const named = { "Sweep ": sweep, "Temperature ": temperature, "Energy ": energy };
  return {
    node: element("div", { class: "ebm-tally" }, ...Object.entries(named).map(([name, value]) => element("span", {}, name, value))),
    draw({ trace, plan }) {
      const done = trace.length - 1;
      say(sweep, plan.length ? `${Math.min(done, plan.length)} of ${plan.length}${done > plan.length ? `, quench ${done - plan.length}` : ""}` : String(done));
      say(temperature, done < plan.length ? shown(plan[done]) : "0");
      say(energy, shown(trace.at(-1)));
    },
  };
}

/** Sweeps along the axis of both traces, with room for a final quench and for names at the right. */
const reach = (trace, sweeps) => Math.max(1.3 * sweeps + 6, trace.length);

/** Energy against sweeps: this run, the run before it, the memories and the lowest state. */
export function energyChart() {
  const frame = scaled((span, low) => axes({
    label: "Energy", height: 220, xs: { low: 0, high: span, ticks: ticks(span), label: "sweeps" },
    ys: { low, high: 6, ticks: [0, -10, -20, -30, -40].filter((E) => E > low) },
  }));
  const marks = element("g");
  const [shadow, line] = [element("polyline", { class: "ebm-shadow" }), element("polyline", { class: "ebm-run" })];
  const dot = element("circle", { class: "ebm-dot", r: 4 });
  let levelled = "";
  return {
    node: frame.node,
    draw({ trace, past, levels, lowest, names }, sweeps) {
      const span = reach(trace, sweeps);
      const { chart, anew } = frame.at(span, lowest - 4);
      if (anew || levelled !== names.join()) {
        levelled = names.join();
        chart.layer.replaceChildren(marks, shadow, line, dot);
        marks.replaceChildren(...levelMarks(chart, levels, lowest, span));
      }
      const path = (energies) => chart.path(energies.map((E, k) => [k, E]));
      shadow.setAttribute("points", path((past ?? []).slice(0, span + 1)));
      line.setAttribute("points", path(trace));
      dot.setAttribute("cx", chart.x(trace.length - 1));
      dot.setAttribute("cy", chart.y(trace.at(-1)));
    },
  };
}

/** A line for each energy of a memory; names of those close together share a place. */
function levelMarks(chart, levels, lowest, span) {
  const sorted = [...levels].sort((a, c) => a.energy - c.energy);
  const groups = [];
  for (const level of sorted) {
    const last = groups.at(-1);
    if (last && chart.y(last[0].energy) - chart.y(level.energy) < 13) last.push(level);
    else groups.push([level]);
  }
  const text = (E, words, below) => element("text",
    { x: chart.x(span), y: chart.y(E) + (below ? 13 : -4), "text-anchor": "end", class: below ? "ebm-floor-text" : "ebm-mark-text" }, words);
  const line = (E, kind) => element("path", { class: kind, d: `M${chart.x(0)},${chart.y(E)} H${chart.x(span)}` });
  return [
    ...sorted.map(({ energy }) => line(energy, "ebm-mark")), line(lowest, "ebm-floor"),
    ...groups.map((group) => text(group[0].energy, group.length === levels.length ? "memories" : group.map(({ name }) => name).join(", "))),
    text(lowest, "lowest", true)];
}

/** Temperature against sweeps: this method's up to now and to come, the others' dotted. */
export function temperatureChart() {
  const frame = scaled((span) => axes({
    label: "Temperature (dotted: the other methods)", height: 220,
    xs: { low: 0, high: span, ticks: ticks(span), label: "sweeps" }, ys: { low: 0, high: HOTTEST, ticks: [0, 0.5, 1, 1.5, 2] },
  }));
  const others = element("g");
  let known;
  const [ahead, line] = [element("polyline", { class: "ebm-ahead" }), element("polyline", { class: "ebm-run" })];
  const dot = element("circle", { class: "ebm-dot", r: 4 });
  return {
    node: frame.node,
    draw({ trace, plan, plans }, sweeps) {
      const { chart, anew } = frame.at(reach(trace, sweeps));
      if (anew) chart.layer.replaceChildren(others, ahead, line, dot);
      const done = trace.length - 1;
      const steps = (T, from, to) => chart.path(T.slice(from, to).flatMap((t, k) => [[from + k, t], [from + k + 1, t]]));
      if (anew || known !== plans) {
        known = plans;
        others.replaceChildren(...plans.map((T) => element("polyline", { class: "ebm-dotted", points: steps(T, 0, T.length) })));
      }
      ahead.setAttribute("points", steps(plan, 0, plan.length));
      const quenched = Array(Math.max(0, done - plan.length)).fill(0);
      line.setAttribute("points", steps([...plan, ...quenched], 0, done));
      dot.setAttribute("cx", chart.x(done));
      dot.setAttribute("cy", chart.y(done < plan.length ? plan[done] : 0));
    },
  };
}

/** Shares of the race as bars with their intervals. */
export function raceChart() {
  let chart, known;
  const node = element("div");
  return {
    node,
    draw({ methods, results, before, runs, interval }) {
      if (!chart) {
        const named = methods.map((name, k) => [k + 1, SHORT[name] ?? name]);
        chart = axes({
          label: "Share that ended in a memory", height: 230, xs: { low: 0.5, high: methods.length + 0.5, ticks: named, label: "method" },
          ys: { low: 0, high: 1, ticks: [0, 0.25, [0.5, "0.5"], 0.75, 1] },
        });
        node.append(chart.node);
      }
      if (!chart.fit() && known === results) return;
      known = results;
      const half = 0.3 * (chart.x(2) - chart.x(1));
      chart.layer.replaceChildren(...(results.hits ?? []).flatMap((count, k) => {
        const [x, y] = [chart.x(k + 1), chart.y(count / runs)];
        const [low, high] = interval(count).map(chart.y);
        const [old, deep] = [before && chart.y(before.hits[k] / runs), chart.y(results.lowest[k] / runs)];
        const right = x + half + 1;
        return [
          element("rect", { class: "ebm-share", x: x - half, y, width: 2 * half, height: chart.y(0) - y }),
          element("path", { class: "ebm-whisker", d: `M${x},${low} V${high} M${x - 5},${low} h10 M${x - 5},${high} h10` }),
          element("path", { class: "ebm-deep", d: `M${right - 5},${deep} l5,-5 l5,5 l-5,5 Z` }),
          ...(before ? [element("circle", { class: "ebm-before", cx: x - half, cy: old, r: 4 })] : [])];
      }));
    },
  };
}

/** The same in numbers: { node, draw() }. */
export function raceTable(methods) {
  const heads = ["Method", "In a memory", "95% interval", "Lowest E", "Sweeps each"];
  const rows = methods.map((name) => [name, ...heads.slice(1).map(() => element("td"))]);
  const node = element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows.map(([name, ...cells]) => element("tr", {}, element("th", { scope: "row" }, name), ...cells))));
  return {
    node,
    draw({ results, runs, interval }) {
      rows.forEach(([, ...cells], k) => {
        const { hits, lowest, sweeps } = results;
        const [low, high] = hits ? interval(hits[k]) : [];
        const texts = hits ? [String(hits[k]), `${shown(low)}\u2013${shown(high)}`, String(lowest[k]), shown(sweeps[k] / runs, 1)] : [];
        cells.forEach((cell, j) => say(cell, texts[j] ?? "\u2013"));
      });
    },
  };
}

/** Where the run is, in words that change seldom. */
export function status({ names, trace, overlaps, lowest, atRest }, running) {
  const sweeps = trace.length - 1;
  if (!atRest) {
    if (running) return "under way";
    return sweeps ? `stopped after ${sweeps} sweep${sweeps > 1 ? "s" : ""}` : "at a random start";
  }
  const mu = overlaps.findIndex((m) => Math.abs(m) === 1);
  if (mu >= 0) return `at rest in ${overlaps[mu] < 0 ? "the mirror image of " : ""}memory ${names[mu]}`;
  return trace.at(-1) < lowest + 1e-9 ? "at rest in a blend: no memory, but the lowest state" : "at rest in a blend, no memory";
}

/** What the last race was run with, and whether that still holds. */
export function raced({ results, runs, racing, stale }) {
  if (racing) return "Racing";
  if (!results.settings) return "No race with these memories yet: guess, then press Race.";
  const [T, T_start, T_end, sweeps] = results.settings;
  const how = `${runs} runs of each, ${sweeps} sweeps: fixed T = ${shown(T)}, cooling from ${shown(T_start)} to ${shown(T_end)}.`;
  return stale ? `${how} The settings have changed since: press Race.` : how;
}
