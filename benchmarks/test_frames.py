"""Frames a second of every live view while it runs, in Chromium on one core, and what a frame costs.

On a machine with other work frames are lost to that. The processor time of the page's own thread is not: at less
than 16.7 ms a frame it leaves room for 60 frames a second.
"""

import pytest

import ebm.widgets
from visits import Figure

VIEWS = sorted(ebm.widgets.__all__)
SECONDS = 3
# The page's own clock: the time between frames, and how long each kept the page busy.
COUNT = """(seconds) => new Promise((done) => {
  const ask = window.requestAnimationFrame, start = performance.now();
  const [times, busy] = [[], []];
  window.requestAnimationFrame = (step) => ask.call(window, (now) => {
    const before = performance.now();
    step(now);
    busy.push(performance.now() - before);
  });
  const tick = (now) => {
    times.push(now);
    if (performance.now() - start < 1000 * seconds) return ask.call(window, tick);
    window.requestAnimationFrame = ask;
    busy.sort((a, b) => a - b);
    done({ frames: times.length - 1, seconds: (times.at(-1) - times[0]) / 1000, moved: busy.length,
           busy: busy[Math.floor(busy.length / 2)] ?? 0 });
  };
  ask.call(window, tick);
})"""
DISTURB = """(name) => setInterval(
  () => [...document.querySelectorAll("button")].find((b) => b.textContent === name).click(), 100)"""


def measure(benchmark, figure):
    session = figure.visit.context.new_cdp_session(figure.visit.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = processor_seconds(session)
    found = benchmark.pedantic(lambda: figure.visit.evaluate(COUNT, SECONDS), rounds=1)
    spent = processor_seconds(session) - before
    benchmark.extra_info["ms of processor a frame"] = round(1000 * spent / found["frames"], 2)
    benchmark.extra_info["frames a second"] = round(found["frames"] / found["seconds"], 1)
    benchmark.extra_info["of them with motion"] = found["moved"]
    benchmark.extra_info["ms busy a frame, median"] = round(found["busy"], 2)
    return found


def processor_seconds(session):
    """What the page's thread has spent on everything it does: script, styles, layout, painting."""
    return {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}["TaskDuration"]


@pytest.mark.parametrize("name", VIEWS)
def test_frames(benchmark, show, name):
    widget = getattr(ebm.widgets, name)()
    widget.running = True
    figure = Figure(show(widget), name)
    figure.visit.wait_for_timeout(300)
    if name == "memory_pad":  # which comes to rest after a few sweeps, and goes on when it is disturbed
        figure.visit.evaluate(DISTURB, "Add noise")
    measure(benchmark, figure)


def test_lattice_256(benchmark, show):
    """Goal: 60 frames a second with at least 10 sweeps a frame."""
    widget = ebm.widgets.lattice(size=256)
    widget.view.pace = 16
    widget.running = True
    figure = Figure(show(widget), "lattice")
    figure.visit.wait_for_timeout(300)
    before = figure.number("Steps")
    found = measure(benchmark, figure)
    benchmark.extra_info["sweeps a frame"] = round((figure.number("Steps") - before) / found["frames"], 1)
