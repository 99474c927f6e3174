// The drawings of the dense memories: shares as bars, and how much is recalled.
import { axes, element } from "./shared.mjs";

export const BARS = 16; // patterns whose share is drawn
export const DEGREES = [[2, "2 (Hebb)"], [3, "3"], [4, "4"], [5, "5"], ["exponential", "exp"]];
const LIMIT = 0.138; // patterns per unit at which Hebb's rule breaks

/** The strongest shares as bars; the right pattern's has a name. */
export function sharesChart(label) {
  const chart = axes({
    label, height: 150,
    xs: { low: 0.4, high: BARS + 0.6, ticks: [1, 4, 8, 12, 16], label: "patterns, strongest first" },
    ys: { low: 0, high: 1, ticks: [0, 0.5, 1] },
  });
  return {
    node: chart.node,
    draw({ bars }) {
      chart.fit();
      const width = 0.7 * (chart.x(2) - chart.x(1));
      chart.layer.replaceChildren(...bars.flatMap(([share, mu], k) => {
        const [x, y] = [chart.x(k + 1), chart.y(share)];
        const right = mu === 0;
        const box = { x: x - width / 2, y, width, height: chart.y(0) - y, class: right ? "ebm-right" : "ebm-other" };
        // Over its bar; beside it where the bar reaches up to the title.
        const name = share > 0.5 ? { x: x + width / 2 + 4, y: y + 12, class: "ebm-mark-text" }
          : { x, y: y - 4, "text-anchor": k ? "middle" : "start", class: "ebm-mark-text" };
        return [element("rect", box), ...(right ? [element("text", name, "the right one")] : [])];
      }));
    },
  };
}

/** Share recalled against the number of patterns, a line for each degree that was tried. */
export function curves(simulation) {
  const chart = axes({
    label: "Share of patterns recalled, by degree", height: 210,
    xs: { low: 2, high: 4096, log: true, ticks: [2, 8, 64, 512, 4096], label: "patterns stored, P" },
    ys: { low: 0, high: 1, ticks: [0, 0.5, 1] },
  });
  const share = ({ hits, trials }) => hits / trials;
  function line(degree, present) {
    const points = simulation.measured.filter((one) => one.degree === degree).sort((a, c) => a.P - c.P);
    if (!points.length) return [];
    const path = chart.path(points.map((one) => [one.P, share(one)]));
    // The degree's name stands where its line falls through a half, or at the end of a line that does not.
    const k = points.findIndex((one) => share(one) <= 0.5);
    const at = (one) => [chart.x(one.P), chart.y(share(one))];
    const aside = degree === "exponential" ? 16 : 0; // its line may lie on that of 5
    let label = { x: chart.x(4096) - aside, y: Math.min(at(points.at(-1))[1] + 16, chart.y(0) - 8), "text-anchor": "end", class: "ebm-degree" };
    if (k > 0) {
      const [above, below] = [points[k - 1], points[k]];
      const part = (share(above) - 0.5) / (share(above) - share(below));
      const [x, y] = [0, 1].map((axis) => at(above)[axis] + part * (at(below)[axis] - at(above)[axis]));
      label = { x, y: y + 4, "text-anchor": "middle", class: "ebm-degree" };
    }
    return [
      element("polyline", { points: path, class: present ? "ebm-line ebm-present" : "ebm-line" }),
      ...(present ? points.map((one) => element("circle", { cx: chart.x(one.P), cy: chart.y(share(one)), r: 3, class: "ebm-point" })) : []),
      element("text", label, degree === "exponential" ? "exp" : String(degree)),
    ];
  }
  return {
    node: chart.node,
    draw() {
      chart.fit();
      const { current } = simulation;
      const mark = (P, text) => [
        element("path", { class: "ebm-mark", d: `M${chart.x(P)},${chart.y(0)} V${chart.y(1)}` }),
        element("text", { x: chart.x(P) + 4, y: chart.y(1) + 16, class: "ebm-mark-text" }, text)];
      const ends = current.trials ? simulation.interval(current) : [0, 1];
      chart.layer.replaceChildren(
        ...mark(LIMIT * simulation.n, `${LIMIT} n`), ...mark(simulation.n, "n"),
        ...DEGREES.flatMap(([degree]) => line(degree, degree === current.degree)),
        element("path", { class: "ebm-error", d: `M${chart.x(current.P)},${chart.y(ends[0])} V${chart.y(ends[1])}` }));
    },
  };
}
