"""The tests' side: reads the tests itself, runs them against the candidate, reports observations to the zygote."""
import gc
import json
import os
import sys
import types
from posix import urandom                                # what nobody can repeat

from guard import collect, pytest_shim
from guard.control import Control, now
from guard.frames import read_frame, write_frame
from guard.instrument import Instrumented
from guard.session import Session
from guard.trials import Trials
from guard.wire import Gone, Refused

MOST_TESTS = 200


def nothing_observed():
    return {"id": None, "mode": None, "error": None, "unsupported": None, "parse": {"ok": True, "error": None}, "load": None, "ended": None,
            "tests": {"planned": [], "reports": [], "sites": 0, "reached": 0, "checks": 0, "unreached": [], "lies": []},
            "blind": None, "adequacy": None, "determinism": None, "limits": [], "timings": {}}


class Tests:
    """The test code: its text and, once `prepare` has run, its instrumented form."""

    def __init__(self, source):
        self.source, self.text, self.instrumented = source, source.decode("utf-8", "replace"), None

    def prepare(self):
        """A tree of objects is made and thrown away: there is nothing to collect in between."""
        gc.disable()
        try:
            self.instrumented = Instrumented(self.source)
        finally:
            gc.enable()


class Report:
    """Builds `V` step by step, so that whatever was seen is reported even if a later stage goes wrong."""

    def __init__(self, session):
        self.settings, self.session, self.tests, self.seen = None, session, None, {}

    def observe(self, candidate_fd):
        session = self.session
        problem = session.attach(candidate_fd)
        self.seen["parse"] = {"ok": problem is None, "error": problem and problem[:300]}
        if problem is not None:
            return
        try:
            self.tests.prepare()
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.seen["unsupported"] = f"the tests do not compile: {type(error).__name__}: {error}"[:300]
            return
        if session.forwards:
            session.remember_library()
        started = now()
        try:
            session.load()
            self.seen["load"] = {"ok": True, "error": None}
        except (Gone, Refused):
            self.seen["load"] = {"ok": False, "error": "the candidate is gone"}
            return
        except BaseException as error:
            self.seen["load"] = {"ok": False, "error": collect.describe(error)}
            if isinstance(error, MemoryError):
                session.limits_hit.add("memory")
            return
        hits, reports = self.main_run()
        self.seen["timings"] = {"tests_ms": round((now() - started) * 1000, 1)}
        if self.settings["mode"] == "strict" and session.unsupported is None and reports and all(each["outcome"] == "passed" for each in reports):
            session.control.end()
            Trials(self.settings, session, hits, [each["name"] for each in reports], now() - started).all(self.seen)

    def main_run(self):
        session = self.session
        hits = {}

        def note(name):
            counts = session.sites.hits
            for number, count in enumerate(counts):
                if count and number not in hits:
                    hits[number] = name
        session.planned = []
        done = session.run(each=note)
        for number, count in enumerate(session.sites.hits):
            if count:
                hits.setdefault(number, done[-1][0] if done else "(module)")
        sites = session.sites
        names = list(session.planned) or [name for name, _ in done]
        nonce = urandom(3).hex()
        ids = [f"{nonce}-{number}" for number in range(min(len(names), MOST_TESTS))]
        reports = []
        for number, identity in enumerate(ids):
            name, outcome = (done[number] if number < len(done) else (names[number], collect.Outcome("error", "not run: the run ended before")))
            reports.append({"id": identity, "name": name[:120], "outcome": outcome.outcome, "message": outcome.message and outcome.message[:300]})
        counted = [site for site in sites.sites if not site.optional]
        self.seen["tests"] = {
            "planned": ids, "reports": reports, "sites": len(counted), "reached": sum(1 for site in counted if sites.hits[site.number]),
            "checks": sum(sites.hits), "unreached": sorted({site.line for site in counted if not sites.hits[site.number]})[:200], "lies": sites.lies}
        return hits, reports

    def close(self):
        session = self.session
        self.seen["limits"] = sorted(session.limits_hit)
        self.seen["unsupported"] = self.seen.get("unsupported") or session.unsupported
        self.seen["gone"] = session.gone
        tests = self.seen.get("tests")
        self.seen["stumbled"] = tests is None or any(each["outcome"] in ("error", "timeout") for each in tests["reports"])
        return self.seen


class Side:
    """Made ahead by the zygote: a fork finds all of it ready, and pays only for what its tests need."""

    def __init__(self):
        self.session = Session()
        self.report = Report(self.session)
        self.pytest, self.main = pytest_shim.module(), types.ModuleType("__main__")
        self.finders = [finder for finder in sys.meta_path if type(finder).__name__ != "Delivered"] + [Refusing()]

    def serve(self, stdin, control_fd, candidate_fd, told_fd, settings, confinement):
        """Never returns."""
        try:
            confinement.leave_jail()
            source = self._read_tests(stdin)
            os.write(told_fd, b"D")
            os.close(told_fd)
            sys.meta_path[:] = self.finders
            sys.modules["pytest"], sys.modules["__main__"] = self.pytest, self.main
            confinement.drop_everything()
            self.begin(settings, Control(control_fd), source)
            self.observe(candidate_fd)
            write_frame(control_fd, "V", json.dumps(self.report.close()).encode())
            os._exit(0)
        finally:
            os._exit(71)

    def begin(self, settings, control, source):
        self.report.settings, self.report.tests = settings, Tests(source)
        self.session.begin(control, self.report.tests, settings["limits"])
        Refusing.session = self.session

    @staticmethod
    def _read_tests(stdin):
        """The test code and the end of the job; the host's pipe is of no use afterwards."""
        kind, source = read_frame(stdin)
        if kind != "T" or read_frame(stdin)[0] != "E":
            os._exit(70)
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, stdin)
        os.close(null)
        return source

    def observe(self, candidate_fd):
        session, report = self.session, self.report
        try:
            report.observe(candidate_fd)
        except Gone:
            session.gone = True
            report.seen.setdefault("parse", {"ok": True, "error": None})
            report.seen.setdefault("load", {"ok": False, "error": "the candidate is gone"})
        except Refused as error:
            session.broken = str(error)
            report.seen.setdefault("load", {"ok": False, "error": f"outside the protocol: {error}"[:300]})
        except BaseException as error:
            report.seen["error"] = f"harness: {collect.describe(error)}"


class Refusing:
    """Last of the finders: a module the tests need and this Python lacks makes them UNSUPPORTED."""

    session = None

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if path is None and cls.session is not None and name.partition(".")[0] in {each.partition(".")[0] for each in cls.session.tests.instrumented.imports}:
            cls.session.refuse(f"the tests import {name}, which this Python does not have")
        return None
