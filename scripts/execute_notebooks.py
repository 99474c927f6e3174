"""Run the book's notebooks of which Jupyter Book's cache has no run, one on each core.

Jupyter Book would run them in turn. Those that fail it finds missing, runs again, and says why they fail.
"""

from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    cache, changed = get_cache(ROOT / "_build" / ".jupyter_cache"), []
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        try:
            cache.match_cache_notebook(nbformat.read(path, nbformat.NO_CONVERT))
        except KeyError:
            changed.append(cache.add_nb_to_project(str(path)).pk)
    limit = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["execute"]["timeout"]
    if changed:
        load_executor("local-parallel", cache).run_and_cache(filter_pks=changed, timeout=limit)


if __name__ == "__main__":
    main()
