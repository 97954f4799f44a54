"""Runs a command as `nobody` when root starts the stack: `python unprivileged.py COMMAND ARGUMENT…`.

PostgreSQL refuses to run as root. As `nobody` it runs, but cannot reach a checkout below a folder that only root may
enter; so the right to pass such folders (CAP_DAC_OVERRIDE) is kept where the system allows it, and nothing on disk has
to be opened up. Imports the standard library only, for it is run by its path.
"""

import ctypes
import os
import pwd
import sys

ACCOUNT = "nobody"

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def main(command: list[str]) -> None:
    """Become `nobody` and turn into the command."""
    account = pwd.getpwnam(ACCOUNT)
    _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    _keep_access_to_files()
    os.execv(command[0], command)  # no shell is the point


def _keep_access_to_files() -> None:
    if not sys.platform.startswith("linux"):
        return
    bit = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; low words, high words
    ctypes.CDLL(None).capset(header, sets)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE)


def _prctl(option: int, *values: int) -> None:
    if sys.platform.startswith("linux"):
        # A refusal is no error: where the folders are open to all, the right is not needed.
        ctypes.CDLL(None).prctl(option, *(ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]))


if __name__ == "__main__":
    main(sys.argv[1:])
