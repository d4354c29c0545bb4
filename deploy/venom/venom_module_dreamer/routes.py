"""The module's routes: the dreamer's API under the host's roof, and the user's activity."""
import contextlib
import inspect

import httpx
from fastapi import APIRouter, Depends, HTTPException, Request, Response

from venom_core.api.dependencies import get_lessons_store
from venom_core.api.stream import event_broadcaster
from venom_core.core.module_data_policy import ensure_module_mutation_allowed
from venom_core.memory.lessons_store import Lesson
from venom_module_dreamer.bridge import Bridge

PROXIED = ("dreams", "scheduler", "lessons")
_bridge = None


def bridge():
    """The bridge, started in the host's loop when it is first needed."""
    global _bridge
    if _bridge is None:
        _bridge = Bridge(get_lessons_store(), event_broadcaster, Lesson.from_dict)
    _bridge.start()
    return _bridge


async def _start():
    bridge()


async def _stop():
    global _bridge
    if _bridge is not None:
        await _bridge.stop()
        _bridge = None


@contextlib.asynccontextmanager
async def _lifespan(_app):
    await _start()
    try:
        yield
    finally:
        await _stop()


def _guard(request: Request):
    if request.method not in ("GET", "HEAD"):
        try:
            ensure_module_mutation_allowed(module_id="dreamer", operation_name=f"{request.method.lower()}:{request.url.path}")
        except PermissionError as error:
            raise HTTPException(status_code=403, detail=str(error)) from error


# A host with a lifespan of its own runs no start-up handlers, and an old FastAPI merges no lifespans: each host gets what it knows.
_of_host = {"lifespan": _lifespan} if "lifespan" in inspect.signature(APIRouter.__init__).parameters else {"on_startup": [_start], "on_shutdown": [_stop]}
router = APIRouter(prefix="/api/v1/dreamer", tags=["dreamer"], dependencies=[Depends(_guard)], **_of_host)


@router.post("/activity")
async def activity(source: str = "venom"):
    """The user did something in the host's pages."""
    await bridge().mark_activity(source[:100])
    return {"status": "success"}


@router.api_route("/{path:path}", methods=["GET", "POST", "PATCH"])
async def proxy(path: str, request: Request):
    """The dreamer's own answer, whatever it is."""
    parts = path.split("/")
    if parts[0] not in PROXIED or any(part in ("", ".", "..") for part in parts):
        raise HTTPException(status_code=404, detail="the dreamer has no such route")
    try:
        answer = await bridge().client.request(
            request.method, "/api/v1/" + "/".join(parts), params=request.query_params, content=await request.body() or None,
            headers={"Content-Type": request.headers["content-type"]} if "content-type" in request.headers else None)
    except httpx.HTTPError as error:
        raise HTTPException(status_code=503, detail=f"the dreamer does not answer: {error}") from error
    return Response(content=answer.content, status_code=answer.status_code, media_type=answer.headers.get("content-type"))
