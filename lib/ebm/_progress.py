"""Long work in parts, so that a bar can move; with or without one, the same numbers come out."""

from tqdm import tqdm

_PARTS = 100


def parts(total, progress, unit):
    """Slices of range(total), one after the other: all of it at once, or a hundred with a bar."""
    step = -(-total // _PARTS) if progress else max(total, 1)
    with tqdm(total=total, disable=not progress, unit=unit) as bar:
        for start in range(0, total, step):
            part = slice(start, min(start + step, total))
            yield part
            bar.update(part.stop - part.start)
