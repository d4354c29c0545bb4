"""The strict stages: blind trial, adequacy (stubs, mutants, coverage), determinism."""
import os
import time

from guard import byheart, stubs
from guard.collect import STOPPING, Outcome, describe
from guard.control import now
from guard.entropy import random
from guard.wire import Gone, Refused

MOST_ALTERED, MOST_STUBBED = 48, 8
AGAIN, AGAIN_SECONDS, AGAIN_DRAWN, DRAWN_SECONDS = 4, 0.5, 40, 4.0
# What the candidate must answer when the harness itself asks.
SHAPES = {
    "coverage": lambda told: ([int(line) for line in told[0]], [int(line) for line in told[1]]),
    "constants": lambda told: [(value, bool(is_data)) for value, is_data in told if type(value) in byheart.NUMBERS or type(value) in byheart.TEXTS],
    "drawn": lambda told: told is True,
    "functions": lambda told: [str(name) for name in told],
    "mutants": lambda told: [(int(line), str(what)) for line, what in told],
}
ZONES = ("UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia")


class Trials:
    def __init__(self, settings, session, hits, names, plain_seconds):
        self.session, self.hits, self.names = session, hits, names
        self.random = random.Random(settings.get("seed") or 0)
        self.mutants, self.runs = settings.get("mutants") or 12, settings.get("runs") or 3
        self.wall = session.limits["wall_seconds"]
        self.short = min(self.wall, max(0.5, 10 * plain_seconds))
        self.spin = max(0.1, 10 * plain_seconds)                 # a mutant that spins is known by its processor time, however busy the machine is
        self.called, self.constants = set(), []

    def all(self, seen):
        self.called = set(self.session.called)
        for stage in (self.blind, self.adequacy, self.determinism):
            started = now()
            seen[stage.__name__] = stage()
            seen.setdefault("timings", {})[stage.__name__ + "_ms"] = round((now() - started) * 1000, 1)

    # -- one run ----------------------------------------------------------------------------------------------------

    def attempt(self, how, seconds=None, **run):
        """Loads the solution anew and runs the tests. A candidate that hung or ended is replaced before the next attempt. What ought to pass has all the
        time that the tests had, for the machine may be busy; what ought to fail is not waited for that long."""
        session = self.session
        limits, gone = set(session.limits_hit), session.gone
        try:
            session.load(**how)
        except (Gone, Refused):
            self.renew()
            return [("(load)", Outcome("error", "the candidate is gone"))]
        except BaseException as error:
            return [("(load)", Outcome("error", describe(error)))]
        done = session.run(seconds=seconds or self.short, **run)
        session.limits_hit = limits
        if session.gone or session.broken or any(outcome.outcome == "timeout" for _, outcome in done):
            self.renew()
        session.gone = gone
        return done

    def ask(self, operation, *values):
        """A question of the harness itself: an exception, or another shape than asked for, is outside the protocol."""
        try:
            return SHAPES[operation](self.session.peer.request(operation, *values))
        except STOPPING:
            raise
        except BaseException as error:
            raise Refused(f"no answer to {operation}: {type(error).__name__}") from None

    def renew(self):
        self.session.control.end()
        self.session.fresh()

    # -- stages -----------------------------------------------------------------------------------------------------

    def blind(self):
        """Real tests among tests with one expected value altered, in random order."""
        session, sites = self.session, self.session.tests.instrumented.sites
        session.fresh()
        self.constants = self.ask("constants")               # while nothing of the solution has run
        altered = [(number, name) for number, name in self.hits.items()]
        self.random.shuffle(altered)
        trials = [(None, name) for name in self.names] + altered[:MOST_ALTERED]
        self.random.shuffle(trials)
        failed, noticed, unnoticed, unalterable, passed = [], 0, [], set(), 0
        for number, name in trials:
            done = self.attempt({}, self.wall if number is None else None, active=number, only=None if name == "(module)" else name, until_failure=True)
            fine = all(outcome.outcome == "passed" for _, outcome in done) and done
            if number is None:
                passed += bool(fine)
                failed += [] if fine else [name]
            elif number in session.sites.unalterable:
                unalterable.add(sites[number].line)
            elif not fine:
                noticed += 1
            else:
                decided = "candidate" if session.policy.decisions and session.sites.altered_at is not None else "test"
                unnoticed.append({"line": sites[number].line, "test": name[:120], "decided": decided})
        return {"real": {"passed": passed, "failed": failed[:200]},
                "altered": {"noticed": noticed, "unnoticed": unnoticed, "unalterable": sorted(unalterable)}}

    def adequacy(self):
        session = self.session
        traced, lines, covered = session.peer, [], []
        session.heard = heard = byheart.Heard()
        self.attempt({"trace": True}, self.wall)
        session.heard, uses = None, session.uses
        try:
            if session.peer is traced:
                lines, covered = self.ask("coverage")
        except (Gone, Refused):
            session.fresh()
        return {"uses": uses, "by_heart": heard.against(self.constants, uses), "stubs": self.stubs(), "mutants": self.kill(covered),
                "coverage": {"lines": len(lines), "covered": len(covered), "missed": sorted(set(lines) - set(covered))[:200]}}

    def stubs(self):
        session = self.session
        try:
            session.load()
            functions = self.ask("functions")
        except (Gone, Refused):
            session.fresh()
            functions = []
        functions = [each for each in functions if each.removesuffix(".*") in self.called][:MOST_STUBBED]
        tried, passed = 0, []
        for function in functions:
            for value in stubs.VALUES:
                tried += 1
                done = self.attempt({"stub": [function, value]}, until_failure=True)
                if done and all(outcome.outcome == "passed" for _, outcome in done):
                    passed.append({"function": function[:120], "value": value})
        return {"tried": tried, "passed": passed}

    def kill(self, covered):
        session = self.session
        chosen = self.ask("mutants", covered, self.mutants)
        killed, survivors = 0, []
        for number, (line, what) in enumerate(chosen):
            peer = session.peer
            done = self.attempt({"mutant": number, "spin": self.spin}, until_failure=True)
            if done and all(outcome.outcome == "passed" for _, outcome in done):
                survivors.append({"line": line, "what": what[:80]})
            else:
                killed += 1
            if session.peer is not peer:
                self.ask("mutants", covered, self.mutants)
        return {"total": len(chosen), "killed": killed, "survivors": survivors}

    def determinism(self):
        """Fresh candidates under other hashes, random numbers, clocks, zones and orders: any difference counts."""
        session, differ, done_runs, self.stateful = self.session, [], 0, False
        for run in range(self.runs):
            zone = ZONES[run % len(ZONES)]
            os.environ["TZ"] = zone
            time.tzset()
            session.environ = dict(os.environ)
            session.control.end()
            session.fresh(run)
            order = random.Random(self.random.random()) if run else None
            try:
                done = dict(self.attempt({"entropy": run, "zone": zone}, self.wall, order=order))
            except STOPPING:
                done = {}
            done_runs += 1
            self.compare(done, run, "", differ)
            if run == 0 and not differ:
                self.again(differ)
        return {"runs": done_runs, "differ": differ[:200], "stateful": self.stateful}

    def compare(self, done, run, when, differ):
        for name in self.names:
            outcome = done.get(name)
            if outcome is None or outcome.outcome != "passed":
                differ.append({"run": run, "test": name[:120], "how": f"passed, then {outcome.outcome if outcome else 'not run'}{when}"})

    def again(self, differ):
        """The same candidate is called on, its module not loaded anew: what is right only for the first calls shows.
        A module whose memory is what the tests ask for differs too, and rightly. Who draws is called many times: what is wrong for one number in a hundred
        is seldom drawn."""
        begun, found = now(), []
        times, seconds = (AGAIN_DRAWN, DRAWN_SECONDS) if self.ask("drawn") else (AGAIN, AGAIN_SECONDS)
        for _ in range(times):
            self.compare(dict(self.session.run(seconds=self.wall)), 0, " when the same module was used again", found)
            if found or self.session.control.left(begun, seconds) <= 0:
                break
        if found:
            self.stateful = self.needs_memory()
            differ += [] if self.stateful else found

    def needs_memory(self):
        """Whether the tests fail when the module forgets everything before each call. Who merely counts calls passes then.
        Told only of what the module itself remembers: made anew as often, in an interpreter that has seen none of it, it must be right each time, or
        something outlives it. A module that cannot be made to forget does not load: then nothing is told."""
        self.renew()
        for _ in range(1 + AGAIN):
            if any(outcome.outcome != "passed" for _, outcome in self.attempt({}, self.wall)):
                return False
        self.renew()
        done = self.attempt({"forgetful": True}, self.wall)
        return all(name != "(load)" for name, _ in done) and any(outcome.outcome in ("failed", "error") for _, outcome in done)
