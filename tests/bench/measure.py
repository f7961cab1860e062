"""Time, processor time and memory of commands and functions, in rounds that lie beside each other.

Other work on a machine makes times differ from minute to minute. So every round runs each way once,
in an order that moves on by one, and ways are compared within a round: what is reported is the
median of those ratios.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sample:
    """Seconds of one run: processor time (user and system, of every process) and wall clock.

    `peak` is the most memory that it had at a time, in bytes; 0 where it was not measured.
    """

    cpu: float
    wall: float
    peak: int = 0

    def __add__(self, other: Sample) -> Sample:
        return Sample(self.cpu + other.cpu, self.wall + other.wall, max(self.peak, other.peak))


Samples = Mapping[str, Sequence[Sample]]


def program(name: str) -> str:
    """A command that is installed beside this Python."""
    return str(Path(sys.executable).parent / name)


def command(*arguments: str | Path, peak: bool = False) -> Sample:
    """Run a command to its end; its processor time includes that of the processes it started.

    With `peak` its last line says how much memory it had.
    """
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(each) for each in arguments], cwd=ROOT, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
        if process.returncode:
            sys.stderr.write(text)
            raise SystemExit(f"{arguments[0]} ended with status {process.returncode}.")
    most = int(text.split()[-1]) if peak else 0
    return Sample(usage.ru_utime + usage.ru_stime, wall, most)


def function(work: Callable[[], object]) -> Sample:
    """Call a function in this process."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Sample(time.process_time() - cpu, time.perf_counter() - wall)


def interleaved(ways: Mapping[str, Callable[[], Sample]], rounds: int) -> Samples:
    """Run each way once in every round, after one round that does not count."""
    names = list(ways)
    found: dict[str, list[Sample]] = {name: [] for name in names}
    for number in range(rounds + 1):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            sample = ways[name]()
            if number:
                found[name].append(sample)
    return found


def table(samples: Samples, of: str) -> str:
    """Medians of each way, and of `of` in relation to it within each round."""
    width = max(len(name) for name in samples)
    peaks = all(run.peak for runs in samples.values() for run in runs)
    memory = "   peak MB" if peaks else ""
    lines = [f"{'':{width}}   CPU s  wall s{memory}   {of} ÷ this: CPU   wall{'   peak' * peaks}"]
    for name, runs in samples.items():
        cpu = statistics.median(run.cpu for run in runs)
        wall = statistics.median(run.wall for run in runs)
        pairs = list(zip(samples[of], runs, strict=True))
        ratio_cpu = statistics.median(own.cpu / other.cpu for own, other in pairs)
        ratio_wall = statistics.median(own.wall / other.wall for own, other in pairs)
        line = f"{name:{width}}{cpu:8.3f}{wall:8.3f}"
        if peaks:
            line += f"{statistics.median(run.peak for run in runs) / 1e6:10.0f}"
        line += f"{ratio_cpu:{len(of) + 14}.3f}{ratio_wall:7.3f}"
        if peaks:
            line += f"{statistics.median(own.peak / other.peak for own, other in pairs):7.3f}"
        lines.append(line)
    return "\n".join(lines)
