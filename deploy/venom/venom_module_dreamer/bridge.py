"""Fetches what the dreamer has for the host, and tells it of the user. Everything runs in the host's event loop: its store knows no other."""
import asyncio
import logging
import os

import httpx

log = logging.getLogger("venom.module.dreamer")

ENDPOINT = os.environ.get("DREAMER_ENDPOINT", "http://127.0.0.1:8015").rstrip("/")
TOKEN = os.environ.get("DREAMER_API_TOKEN", "")
POLL_SECONDS = float(os.environ.get("DREAMER_POLL_SECONDS", "2"))
LONGEST_PAUSE = 60.0
OF_A_USER = ("TASK_CREATED", "TASK_STARTED", "AGENT_")


class Bridge:
    """One per process. `store` and `broadcaster` are the host's own, `make_lesson` makes its lesson of a document."""

    def __init__(self, store, broadcaster, make_lesson, transport=None):
        self.store, self.broadcaster, self.make_lesson = store, broadcaster, make_lesson
        headers = {"X-Venom-Dreamer-Token": TOKEN} if TOKEN else {}
        self.client = httpx.AsyncClient(base_url=ENDPOINT, headers=headers, timeout=30, transport=transport)
        self.after, self.task, self.own_events = None, None, 0
        self.broadcast = broadcaster.broadcast_event
        broadcaster.broadcast_event = self.overhear

    def start(self):
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self.run())

    async def stop(self):
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        self.broadcaster.broadcast_event = self.broadcast
        await self.client.aclose()

    async def run(self):
        pause = POLL_SECONDS
        while True:
            try:
                await self.deliver()
                await self.tell_events()
                pause = POLL_SECONDS
            except (httpx.HTTPError, KeyError, ValueError) as error:
                # The dreamer keeps what was not confirmed: nothing is lost while it, or we, cannot be reached.
                log.info("the dreamer does not answer: %s", error)
                pause = min(LONGEST_PAUSE, pause * 2)
            await asyncio.sleep(pause)

    async def deliver(self):
        """Adds and removes lessons, then confirms. A confirmation that is lost costs nothing: a known lesson is not added again."""
        while True:
            lessons = await self.get("/api/v1/lessons/outbox")
            done = []
            for each in lessons["lessons"]:
                known = self.store.get_lesson(each["lesson_id"]) is not None
                if each["withdrawn"]:
                    if known:
                        self.store.delete_lesson(each["lesson_id"])
                elif not known:
                    self.store.add_lesson(self.make_lesson(each["lesson"]))
                done.append(each["lesson_id"])
            if not done:
                return
            (await self.client.post("/api/v1/lessons/outbox", json={"lesson_ids": done})).raise_for_status()

    async def tell_events(self):
        """Broadcasts what happened since the last look; what happened before the first one is the past."""
        answer = await self.get("/api/v1/dreams/events", params={} if self.after is None else {"after": self.after})
        for event in answer["events"] if self.after is not None else []:
            await self.broadcast(event["type"], event["message"], agent=event["agent"], data=event["data"])
        self.after = answer["last"]

    async def overhear(self, event_type, message, agent=None, data=None):
        """Whatever a user sets going in the host passes here on its way to the browser."""
        await self.broadcast(event_type, message, agent=agent, data=data)
        if str(getattr(event_type, "value", event_type)).startswith(OF_A_USER):
            asyncio.get_running_loop().create_task(self.mark_activity("venom"))

    async def mark_activity(self, source):
        try:
            await self.client.post("/api/v1/dreams/activity", json={"source": source})
        except httpx.HTTPError as error:
            log.debug("activity is not told: %s", error)

    async def get(self, path, params=None):
        answer = await self.client.get(path, params=params)
        answer.raise_for_status()
        return answer.json()
