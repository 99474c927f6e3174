"""In JupyterLab, with a kernel behind the page, traits reach Python and come back."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

import ebm.widgets
from visits import Figure, look

CELLS = [
    "from ebm.widgets import neuron\nw = neuron(temperature=1.0, saved=2.0, seed=3)\nw.running = False\nw",
    "w.temperature = 4.0\nprint('set to', w.temperature, round(w.p, 4))",
    "print(f'page says {w.temperature} {w.counts} {w.p:.4f}')",
    "twin = neuron(temperature=w.temperature, saved=2.0, seed=3)\n"
    "on = twin.view.advance(3)\nprint('twin says', twin.counts, twin.view.words == w.view.words)",
    "w.temperature = -1",
    "import ebm.widgets, ipywidgets\nviews = {name: getattr(ebm.widgets, name)() for name in ebm.widgets.__all__}\n"
    "ipywidgets.VBox(list(views.values()))",
    "print('at rest:', *(name for name, w in views.items() if not w.running))",
    "for name, w in views.items():\n    w.set_trait(*(('temperature', 1.9) if name in ('landscape', 'neuron') "
    "else ('seed', 5)))\nprint('all', 'set')",
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab whose only notebook holds CELLS; its settings and kernels are its own."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "live.ipynb")
    port = free_port()
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    own["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    log = (folder / "log.txt").open("w+")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
            *(
                f"--ServerApp.root_dir={folder}",
                "--allow-root",
                "--LabApp.news_url=",
                "--LabApp.extension_manager=readonly",
            ),
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ],
        env={**os.environ, **own},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address + "api/status", server, Path(log.name))
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # the kernel too
        server.wait(20)
        log.close()


def wait_for(address, server, log, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            return json.load(urllib.request.urlopen(address, timeout=5))
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Notebook:
    """The notebook as its reader uses it: cells are run one after the other."""

    def __init__(self, page):
        self.page = page
        self.cells = page.locator(".jp-Notebook .jp-CodeCell")
        self.cells.nth(len(CELLS) - 1).wait_for(timeout=60_000)
        # A cell that is run before its kernel is connected is not run at all.
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)

    def start(self, k):
        self.cells.nth(k).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def run(self, k, wanted):
        """Run cell k and wait for its output to show `wanted`; the output's text."""
        self.start(k)
        output = self.cells.nth(k).locator(".jp-OutputArea")
        output.get_by_text(wanted).first.wait_for(timeout=60_000)
        return output.inner_text()


def test_traits_go_both_ways(lab, open_page):
    visit = open_page("about:blank")
    visit.goto(lab + "lab/tree/live.ipynb")
    notebook = Notebook(visit)
    notebook.run(0, "p(on) = 0.8808")
    view = Figure(visit, "neuron")
    assert view.status == "p(on) = 0.8808"

    # From Python to the page: the view and the slider above it.
    assert notebook.run(1, "set to") == "set to 4.0 0.6225\n"
    view.root.get_by_text("p(on) = 0.6225").first.wait_for()
    # There ipywidgets names its sliders by a label beside them only.
    temperature = visit.locator(".widget-slider", has_text="Temperature")
    assert temperature.locator(".widget-readout").text_content() == "4.00"

    # From the page to Python: a slider, and flips made by the kernel in the page, words and all.
    temperature.get_by_role("slider").focus()
    visit.keyboard.press("ArrowRight")
    view.root.get_by_text("p(on) = 0.6210").first.wait_for()
    for _ in range(3):
        view.press("Step")
    counts = [
        3 - int(float(view.readout("Share on")) * 3 + 0.5),
        int(float(view.readout("Share on")) * 3 + 0.5),
    ]
    assert notebook.run(2, "page says").strip() == f"page says 4.05 {counts} 0.6210"
    assert notebook.run(3, "twin says").strip() == f"twin says {counts} True"

    # Nonsense raises in Python and leaves the view as it was.
    assert "ValueError: temperature is -1.0; wanted a temperature from 0.05 to 10.0" in notebook.run(
        4, "ValueError"
    )
    assert view.status.startswith("p(on) = 0.6210")


def test_every_view_tells_python_and_hears_it(lab, open_page):
    # A reader who prefers stillness has each view paused at its start: the kernel must hear of it.
    visit = open_page("about:blank", reduced_motion="reduce")
    visit.goto(lab + "lab/tree/live.ipynb")
    notebook = Notebook(visit)
    visit.set_default_timeout(120_000)  # twelve views are made in the kernel
    notebook.start(5)
    roots = {name: Figure(visit, name).root for name in ebm.widgets.__all__}
    assert notebook.run(6, "at rest:").split()[2:] == ebm.widgets.__all__
    before = {name: look(root) for name, root in roots.items()}
    notebook.run(7, "all set")
    end = time.monotonic() + 20
    while (deaf := [name for name in roots if look(roots[name]) == before[name]]) and time.monotonic() < end:
        visit.wait_for_timeout(100)
    assert deaf == []
