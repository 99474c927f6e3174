// The plane of the diffusion view: energy landscape, score, points, and those that one can follow.
import { element } from "./shared.mjs";

const DEEP = 6; // units of energy from the darkest shade to none
const TRAIL = 24; // moments
const DOT = 1.7; // pixels
const MARK = 6;

/** Outlines of the marks around the origin, as corners. */
const OUTLINES = [
  [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  [[0, -1.3], [1.2, 0.9], [-1.2, 0.9]],
  [[0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]],
  [[0, 1.3], [1.2, -0.9], [-1.2, -0.9]],
];
const NAMES = ["square", "triangle", "diamond", "upturned triangle"];

function markPath(k, size) {
  return `M${OUTLINES[k].map(([x, y]) => `${(x * size).toFixed(2)},${(y * size).toFixed(2)}`).join("L")}Z`;
}

/** The marks in the legend: a filled one is a point now, a hollow one the place it left. */
export function followedKey() {
  const drawn = (k, kind) => element("svg", { class: `ebm-follow ebm-${kind}`, viewBox: "-8 -8 16 16", role: "img", "aria-label": NAMES[k] },
    element("path", { d: markPath(k, 4.5) }));
  return { now: OUTLINES.map((_, k) => drawn(k, "now")), left: drawn(0, "left") };
}

/** A canvas that draws one moment: { node, draw(moment) }. */
export function plane({ span, followed }) {
  const node = element("canvas", { class: "ebm-plane", role: "img" });
  const context = node.getContext("2d");
  const shade = document.createElement("canvas");
  const shadeContext = shade.getContext("2d");
  let side = 0;

  const colour = (name) => getComputedStyle(node).getPropertyValue(name).trim();
  const channels = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  const at = (x, y) => [(0.5 + x / (2 * span)) * side, (0.5 - y / (2 * span)) * side];
  const point = (points, i) => at(points[2 * i], points[2 * i + 1]);

  function fit() {
    const scale = window.devicePixelRatio || 1;
    side = node.clientWidth || 320;
    const pixels = Math.round(side * scale);
    if (node.width !== pixels || node.height !== pixels) node.width = node.height = pixels;
    context.setTransform(node.width / side, 0, 0, node.width / side, 0, 0);
  }

  /** -log p above its lowest value, dark where it is low. */
  function landscape(logDensity, across) {
    if (shade.width !== across) shade.width = shade.height = across;
    const [r, g, b] = channels(colour("--ebm-line"));
    const image = shadeContext.createImageData(across, across);
    const highest = logDensity.reduce((a, c) => Math.max(a, c), -Infinity);
    for (let k = 0; k < logDensity.length; k++) {
      const share = Math.max(0, 1 - (highest - logDensity[k]) / DEEP);
      image.data.set([r, g, b, Math.round(120 * share)], 4 * k);
    }
    shadeContext.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(shade, 0, 0, side, side);
  }

  /** Along the score; a slope s is drawn as long as s / (1 + s) of the room there is. */
  function arrows({ spots, slopes, apart }) {
    const room = 0.8 * apart * side / (2 * span);
    context.beginPath();
    for (let k = 0; k < spots.length; k += 2) {
      const slope = Math.hypot(slopes[k], slopes[k + 1]);
      if (!(slope > 1e-9)) continue;
      const [dx, dy] = [slopes[k], -slopes[k + 1]].map((part) => (part / slope) * room * (slope / (1 + slope)));
      const [x, y] = at(spots[k], spots[k + 1]);
      const [tipX, tipY] = [x + dx / 2, y + dy / 2];
      context.moveTo(x - dx / 2, y - dy / 2);
      context.lineTo(tipX, tipY);
      for (const turn of [-1, 1]) {
        context.moveTo(tipX, tipY);
        context.lineTo(tipX - 0.28 * dx + turn * 0.2 * dy, tipY - 0.28 * dy - turn * 0.2 * dx);
      }
    }
    context.strokeStyle = colour("--ebm-faint");
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
  }

  function dots(points) {
    context.fillStyle = colour("--ebm-ink");
    context.beginPath();
    for (let i = followed; i < points.length / 2; i++) {
      const [x, y] = point(points, i);
      context.moveTo(x + DOT, y);
      context.arc(x, y, DOT, 0, 2 * Math.PI);
    }
    context.fill();
  }

  /** The way a followed point has come, the place it left, and where it is. */
  function follow({ points, left, past }) {
    const [hue, paper] = [colour("--ebm-mark"), colour("--ebm-paper")];
    context.lineJoin = "round";
    for (let i = 0; i < followed; i++) {
      context.beginPath();
      past.forEach((moment, k) => context[k ? "lineTo" : "moveTo"](...point(moment, i)));
      context.strokeStyle = hue;
      context.lineWidth = 1.2;
      context.globalAlpha = 0.7;
      context.stroke();
      context.globalAlpha = 1;
    }
    for (const [moment, filled] of [[left, false], [points, true]]) {
      for (let i = 0; i < followed; i++) {
        const [x, y] = point(moment, i);
        const outline = new Path2D();
        outline.addPath(new Path2D(markPath(i, MARK)), new DOMMatrix([1, 0, 0, 1, x, y]));
        context.lineWidth = filled ? 3 : 4.5;
        context.strokeStyle = paper;
        context.stroke(outline);
        if (filled) {
          context.fillStyle = hue;
          context.fill(outline);
        } else {
          context.lineWidth = 2;
          context.strokeStyle = hue;
          context.stroke(outline);
        }
      }
    }
  }

  return {
    node,
    draw(moment) {
      fit();
      context.clearRect(0, 0, side, side);
      landscape(moment.logDensity, moment.across);
      arrows(moment);
      dots(moment.points);
      follow({ ...moment, past: moment.past(TRAIL) });
    },
  };
}
