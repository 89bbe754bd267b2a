"""The Ray that a study's trials run on: found or started, looked at, left again.

`--on ray` means the Ray that the notebook has started itself (`ray.init(...)`), else the one that
RAY_ADDRESS names, else one of this machine's cores, started for the study and ended with it;
`--on ray://host` is a cluster, reached by Ray Client. Called in the kernel.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ExecutorError

ADDRESS = re.compile(r"ray(://(?P<host>[^:/\s]+|\[[0-9a-fA-F:]+\])(:(?P<port>\d{1,5}))?)?")
PORT = 10001
"""Where Ray Client is listened to, when nothing else is said."""

REACH_S = 10.0
"""How long the address may take to answer."""

STARTS = 2
"""Attempts to start Ray here."""

QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is reported to anybody
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
LOOPBACK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
"""Ray's own name for it: 0 has it listen on 127.0.0.1 alone, on every system."""


@dataclass(frozen=True)
class Node:
    """A machine of the cluster. cpus, gpus: in all; free_cpus, free_gpus: not taken by others."""

    ident: str
    name: str
    cpus: float
    gpus: float
    free_cpus: float
    free_gpus: float


@dataclass
class Cluster:
    """A Ray in use. ours: started or joined for studies, and left when none uses it. local: it
    was started here. users: executors, of which each counts once."""

    ours: bool
    local: bool
    users: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def nodes(self) -> list[Node]:
        """The machines that are there now. Raises ExecutorError when it can't be asked."""
        ray = imported()
        try:
            alive = [n for n in ray.nodes() if n["Alive"]]
            free = _free()
        except Exception as error:  # Ray's own, gRPC's, a lost connection's
            raise ExecutorError(f"Ray doesn't answer any more: {_first(error)}") from error
        found = []
        for node in alive:
            all_of, left = node["Resources"], free.get(node["NodeID"], node["Resources"])
            found.append(
                Node(
                    node["NodeID"],
                    node["NodeManagerHostname"],
                    all_of.get("CPU", 0.0),
                    all_of.get("GPU", 0.0),
                    left.get("CPU", 0.0),
                    left.get("GPU", 0.0),
                )
            )
        return found

    def join(self) -> None:
        """An executor uses it."""
        with self.lock:
            self.users += 1

    def leave(self) -> None:
        """It uses it no longer; the last one ends what was started for it."""
        global _cluster
        with self.lock:
            self.users -= 1
            if self.users > 0 or not self.ours:
                return
        with _connecting:
            if _cluster is self:
                _cluster = None
            imported().shutdown()


_cluster: Cluster | None = None
_connecting = threading.RLock()


def parse_on(text: str) -> str:
    """The text of `--on` when it can be one. Raises ValueError with a sentence."""
    found = ADDRESS.fullmatch(text)
    if found is None or int(found["port"] or 0) >= 1 << 16:
        raise ValueError(
            f"{text!r} is no place for trials; write ray (this machine, or the Ray that the "
            f"notebook has started) or ray://host:{PORT} (a cluster)"
        )
    return text


def imported() -> Any:
    """The module ray, quiet. Raises ExecutorError with how to install it."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise ExecutorError(
            "--on ray needs Ray, which isn't installed: pip install 'ray[client]'. Or leave "
            "out --on: trials then run in processes of this machine."
        ) from None
    return ray


def connect(on: str, cpus: int) -> Cluster:
    """The Ray that `--on` names, started here with so many CPUs where there is none yet.

    Takes seconds. Raises ExecutorError when it can't be reached or started.
    """
    global _cluster
    found = ADDRESS.fullmatch(on)
    if found is None:
        raise ExecutorError(f"--on {on}: write ray or ray://host:{PORT}.")
    with _connecting:
        ray = imported()
        address = _address(found)
        if ray.is_initialized():
            if _cluster is None:
                _cluster = Cluster(ours=False, local=False)
            return _cluster
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        local = address is None
        if local:
            _listen_here_only(ray)
            options |= {"address": "local", "num_cpus": cpus, "include_dashboard": False}
        else:
            options["address"] = address
        if address is not None:
            _reach(address, on)
        try:
            _begun(ray, options, attempts=STARTS if local else 1)
        except Exception as error:  # whatever Ray, gRPC or the system raise
            what = "Ray can't be started here" if local else f"--on {on}: {address} can't be joined"
            raise ExecutorError(f"{what}: {_first(error)}") from error
        _hush()
        _cluster = Cluster(ours=True, local=local)
        return _cluster


def _begun(ray: Any, options: dict[str, Any], attempts: int) -> None:
    """Ray's own limit for its start is too short for a machine that is busy."""
    for left in reversed(range(attempts)):
        try:
            ray.init(**options)
            return
        except Exception:
            ray.shutdown()
            if not left:
                raise


def _address(found: re.Match[str]) -> str | None:
    if found["host"]:
        return f"ray://{found['host']}:{found['port'] or PORT}"
    return os.environ.get("RAY_ADDRESS") or None


def _reach(address: str, on: str) -> None:
    """Ray itself tries for minutes, and ends in a traceback."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal():  # "auto", "local"
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACH_S).close()
    except OSError as error:
        hint = f"its head started with --ray-client-server-port={port}, "
        raise ExecutorError(
            f"--on {on}: nothing answers at {host}, port {port}: {error.strerror or error}. Is "
            f"the cluster up, {hint if address.startswith('ray://') else ''}and no firewall "
            "between?"
        ) from error


def _hush() -> None:
    """Ray prints what it thinks of workers that ended into the running cell; the study tells."""
    try:
        from ray._private.ray_logging import global_worker_stdstream_dispatcher

        global_worker_stdstream_dispatcher.remove_handler("ray_print_logs")
    except (ImportError, AttributeError, KeyError):  # another version of Ray
        pass
    logging.getLogger("ray").setLevel(logging.CRITICAL)


def _listen_here_only(ray: Any) -> None:
    os.environ.setdefault(LOOPBACK, "0")
    constants: Any = getattr(getattr(ray, "_private", None), "ray_constants", None)
    if hasattr(constants, "ENABLE_RAY_CLUSTER"):  # read when ray was imported, perhaps earlier
        constants.ENABLE_RAY_CLUSTER = os.environ[LOOPBACK] == "1"


def _free() -> Mapping[str, Mapping[str, float]]:
    """What is free by the node's id; empty where Ray doesn't tell."""
    ray = imported()
    client = ray.util.client.ray.is_connected()
    try:
        if not client:
            return _free_by_node()
        return ray.get(ray.remote(num_cpus=0)(_free_by_node).remote(), timeout=REACH_S)  # type: ignore[no-any-return]
    except (ImportError, AttributeError, ray.exceptions.GetTimeoutError):
        return {}


def _free_by_node() -> Mapping[str, Mapping[str, float]]:
    from ray._private.state import available_resources_per_node

    return available_resources_per_node()  # type: ignore[no-any-return]


def _first(error: BaseException) -> str:
    if any("Authentication" in type(cause).__name__ for cause in _chain(error)):
        return (
            "it asks for a token. Set RAY_AUTH_MODE=token in the environment before the notebook "
            "is started, and put the cluster's token where Ray looks for it."
        )
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def in_words(nodes: list[Node], gpus: bool) -> str:
    """`2 CPUs on 1 node`, for a person."""
    count = int(sum(n.gpus if gpus else n.cpus for n in nodes))
    what = ("GPU" if gpus else "CPU") + ("" if count == 1 else "s")
    return f"Ray: {count} {what} on {len(nodes)} node{'' if len(nodes) == 1 else 's'}"
