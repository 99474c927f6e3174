"""Run experiments, write their records, say which claims hold: what `make reproduce` calls."""

import argparse
import os
import sys
from pathlib import Path

from ebm import claims, experiments
from ebm.experiments import _pools, _records


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m ebm.experiments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments (default: all)")
    parser.add_argument("--size", default="full", choices=_records.SIZES)
    parser.add_argument("--jobs", type=int, default=-1, help="processes (default: one for each core)")
    parser.add_argument(
        "--scheduler",
        default=os.environ.get("SCHEDULER"),
        metavar="tcp://HOST:PORT",
        help="a Dask scheduler that does the work instead (default: $SCHEDULER)",
    )
    parser.add_argument("--build", type=Path, default=Path("_build"), help="where finished tasks are kept")
    parser.add_argument("--records", type=Path, help="where records go (default: the book's if full)")
    options = parser.parse_args(arguments)
    try:
        chosen = [experiments.load(name) for name in options.names or experiments.names()]
    except ValueError as error:
        parser.error(str(error))
    quick = options.size == "quick"
    folder = options.records or (options.build / "records-quick" if quick else claims.book() / "records")
    failures = 0
    for experiment in chosen:
        try:
            record = _records.run(
                experiment,
                options.size,
                scratch=options.build / "experiments",
                jobs=options.jobs,
                scheduler=options.scheduler,
                progress=True,
            )
        except _records.Failed as error:
            print(error, file=sys.stderr)
            failures += 1
            continue
        except _records.Lacking as error:
            print(error, file=sys.stderr)
            failures += bool(options.names)  # whoever asks for everything gets everything that can be had
            continue
        except _pools.Unreachable as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            sys.exit("\nstopped: what is finished is kept, and the same command goes on from there")
        _records.write_record(folder, record)
        for claim in claims.load():
            if claim.experiment == record.experiment:
                print(f"  {claim.id}: {claims.show(record.values[claim.key])}; {claim.judge(record)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
