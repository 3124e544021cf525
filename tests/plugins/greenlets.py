"""Keeps Playwright's event loop out of the tests' sight.

Playwright's synchronous interface runs a loop in the test's own thread, and tells asyncio so from the first call to the
last, also while the test's own lines run and the loop stands still. Django would then refuse the database ("you cannot
call this from an async context") and, told not to, quietly open a second connection, since its connections belong to
the running task; asyncio.run would fail in every later test. So each call announces the loop when it enters Playwright
and withdraws it when it returns.
"""

import asyncio
import functools
import inspect

import greenlet
from playwright._impl import _sync_base
from playwright.sync_api import _generated


def announce_only_inside(loop):
    """Wraps every public method and property of Playwright's synchronous classes."""
    classes = [found for found in vars(_generated).values() if inspect.isclass(found)]
    classes = [found for found in classes if issubclass(found, _sync_base.SyncBase)]
    for owner in {*classes, _sync_base.SyncBase, _sync_base.EventInfo, _sync_base.EventContextManager}:
        for name, found in list(vars(owner).items()):
            if inspect.isfunction(found) and name != "__init__":
                setattr(owner, name, _announcing(found, loop))
            elif isinstance(found, property):
                setattr(owner, name, property(_announcing(found.fget, loop), doc=found.__doc__))


def _announcing(call, loop):
    @functools.wraps(call)
    def announced(*args, **kwargs):
        # Event handlers run in greenlets of the loop, and a call may make another one: there it is announced already.
        if greenlet.getcurrent().parent is not None or asyncio._get_running_loop() is not None:
            return call(*args, **kwargs)
        asyncio._set_running_loop(loop)
        try:
            return call(*args, **kwargs)
        finally:
            asyncio._set_running_loop(None)

    return announced
