"""How papermill runs a notebook: inside this process, or in a kernel of its own.

A notebook that evalkit ships runs in this process by `InProcessEngine`: the modules are loaded
already, and no kernel has to start and stop. A notebook that someone has changed runs in a kernel,
which can be interrupted and crash without harm. What comes out is the same.

The one room, with `export`, that imports papermill, nbconvert and what they bring.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from evalkit.errors import EvalkitError, Problem
from evalkit.notebooks import Notebook, is_shipped


class NotebookFailed(EvalkitError):
    """A cell raised an error; the message names notebook and cell."""


@contextlib.contextmanager
def without_iri_grammar() -> Iterator[None]:
    """Keep jsonschema from building the grammar of IRIs, which takes longer than a whole report.

    jsonschema imports it if it is installed; no notebook schema has an IRI in it.
    """
    name = "rfc3987_syntax"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # makes its import fail
    try:
        yield
    finally:
        del sys.modules[name]


with without_iri_grammar():
    import nbformat
    import zmq
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import Engine, papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook
    from traitlets.config import Config
    from zmq.error import ZMQError

__all__ = ["NotebookFailed", "NotebookNode", "run_notebook", "without_iri_grammar"]

_LONGEST_SOCKET = 90
"""Characters of a socket's path that every system allows, less the number that is put after it."""
_IN_PROCESS = "evalkit-in-process"
NotebookNode = Any
"""nbformat's NotebookNode, whose fields are not typed."""


def run_notebook(notebook: Notebook, out: Path, parameters: Mapping[str, Any]) -> NotebookNode:
    """Run a notebook and write it, with its outputs, to `out`; returns the executed notebook.

    Raises `NotebookFailed` when a cell raises an error; `out` then holds what was run until there.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    own = is_shipped(notebook)
    with tempfile.TemporaryDirectory(prefix="evalkit-") as private:
        kernel = {} if own else _private_kernel(Path(private))
        try:
            return execute_notebook(
                _as_path(notebook.path),
                _as_path(out),
                parameters=dict(parameters),
                engine_name=_IN_PROCESS if own else None,
                request_save_on_cell_execute=not own,  # a kernel may die and take all with it
                autosave_cell_every=0,
                progress_bar=False,
                kernel_name="python3",
                cwd=str(notebook.path.parent),
                **kernel,
            )
        except PapermillExecutionError as cause:
            raise _failed(notebook, cause, out) from cause
        except (DeadKernelError, CellTimeoutError, NoSuchKernel, ZMQError, RuntimeError) as cause:
            message = f"The notebook's kernel failed: {type(cause).__name__}: {cause}."
            fix = "What ran until then is in the partial notebook."
            raise NotebookFailed(Problem(notebook.path.name, None, None, message, fix)) from cause


def _as_path(path: Path) -> str:
    """A path for papermill, which would fill in anything between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _private_kernel(folder: Path) -> dict[str, Any]:
    """A kernel that talks over sockets in a folder of its own, so that no two can collide.

    Where there are no such sockets, or the folder's path is too long for one, it uses TCP.
    """
    path = folder / "kernel"
    if not zmq.has("ipc") or len(str(path)) > _LONGEST_SOCKET:
        return {}
    return {
        "config": Config(
            {"KernelManager": {"transport": "ipc", "ip": str(path)}},
        )
    }


def _number(index: int, out: Path) -> int:
    """A cell's number as the evaluator counts: from 1, without the cell that papermill put in."""
    cells = nbformat.read(out, as_version=4).cells
    at = [cell for cell in cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", ())]
    return sum(
        "injected-parameters" not in each.metadata.get("tags", ()) for each in at[: index + 1]
    )


def _failed(notebook: Notebook, cause: PapermillExecutionError, out: Path) -> NotebookFailed:
    first = (str(cause.evalue).strip().splitlines() or [""])[0]
    message = f"Cell {_number(cause.cell_index, out)} failed: {cause.ename}: {first}"
    return NotebookFailed(Problem(notebook.path.name, None, None, message))


class InProcessEngine(Engine):  # type: ignore[misc]  # papermill is not typed
    """Runs each cell in an IPython shell inside this process."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        **_: Any,
    ) -> None:
        """Run the cells in order and stop at the first that fails."""
        with _shell() as (shell, outputs):
            count = 0
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                count += 1
                nb_man.cell_start(cell, index)
                cell.execution_count = count
                failed = _run_cell(shell, cell, outputs)
                if failed:
                    nb_man.cell_exception(cell, index)
                nb_man.cell_complete(cell, index)
                if failed:
                    return


papermill_engines.register(_IN_PROCESS, InProcessEngine)


class _Outputs(list[NotebookNode]):
    """The outputs of the running cell, in the order in which they came."""


class _Publisher(DisplayPublisher):  # type: ignore[misc]  # see PageExporter
    """`display(…)` → an output of the cell."""

    outputs: _Outputs

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        self.outputs.append(
            nbformat.v4.new_output("display_data", data=data, metadata=metadata or {})
        )


class _Hook(DisplayHook):  # type: ignore[misc]
    """A cell's last expression → an output of the cell."""

    outputs: _Outputs
    cell: NotebookNode

    def __call__(self, result: object = None) -> None:
        if result is None or self.semicolon_at_end_of_expression(self.cell.source):
            return
        data, metadata = self.shell.display_formatter.format(result)
        self.outputs.append(
            nbformat.v4.new_output(
                "execute_result",
                data=data,
                metadata=metadata,
                execution_count=self.cell.execution_count,
            )
        )


class _Stream(io.TextIOBase):
    """stdout or stderr → an output of the cell; what follows each other is one output."""

    def __init__(self, name: str, outputs: _Outputs) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == self.name:
            last.text += text
        elif text:
            self.outputs.append(nbformat.v4.new_output("stream", name=self.name, text=text))
        return len(text)


_QUIET = {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}


@contextlib.contextmanager
def _shell() -> Iterator[tuple[InteractiveShell, _Outputs]]:
    """A fresh IPython shell that keeps no history and leaves this process as it was."""
    outputs = _Outputs()
    main, hook = sys.modules.get("__main__"), sys.excepthook
    outer = InteractiveShell._instance
    with tempfile.TemporaryDirectory(prefix="evalkit-ipython-") as folder:
        shell = InteractiveShell(
            ipython_dir=folder,
            user_module=ModuleType("__main__"),
            display_pub_class=_Publisher,
            displayhook_class=_Hook,
            config=Config(_QUIET),
        )
        shell.display_pub.outputs = shell.displayhook.outputs = outputs
        InteractiveShell._instance = shell
        try:
            yield shell, outputs
        finally:
            InteractiveShell._instance = outer
            shell.restore_sys_module_state()
            if main is not None:
                sys.modules["__main__"] = main
            sys.excepthook = hook


def _run_cell(shell: InteractiveShell, cell: NotebookNode, outputs: _Outputs) -> bool:
    """Run one cell into its outputs; True when it raised an error."""
    outputs.clear()
    shell.displayhook.cell = cell
    with (
        contextlib.redirect_stdout(_Stream("stdout", outputs)),
        contextlib.redirect_stderr(_Stream("stderr", outputs)),
    ):
        shell.showtraceback = lambda *_, **__: None
        result = shell.run_cell(cell.source, store_history=True, silent=False)
    error = result.error_before_exec or result.error_in_exec
    if isinstance(error, KeyboardInterrupt):
        raise error
    cell.outputs = list(outputs)
    if error is None:
        return False
    lines = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
    cell.outputs.append(
        nbformat.v4.new_output(
            "error", ename=type(error).__name__, evalue=str(error), traceback=list(lines)
        )
    )
    return True
