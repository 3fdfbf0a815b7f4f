"""Serve salvage-kb as JSON, in the language of each reader."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel

import salvage_kb as skb
from salvage_kb.integrations.pydantic import NoticeOut, RecordOut, StatementOut

NAMES = "conditions modalities side_effects monitoring_tests topics sources"
STATUS = {skb.LocaleError: 400, skb.UnknownId: 404, skb.RetiredId: 410}
Tags = Annotated[str, Header(alias="Accept-Language")]


def create(kb: skb.KnowledgeBase = skb.kb) -> FastAPI:
    """Make the service for some content, in all its languages."""

    class Answer(BaseModel, from_attributes=True):
        content_version: str
        notices: tuple[NoticeOut, ...]  # to be shown with all the rest
        records: tuple[RecordOut, ...] = ()
        statements: tuple[StatementOut, ...] = ()  # what a search found
        problem: dict[str, Any] | None = None

    def reply(it: Request, code: int = 0, **told: Any) -> Response:
        view = getattr(it.state, "view", kb)
        head = {"Content-Language": view.locale, "Vary": "Accept-Language"}
        tag = f'"{skb.__version__}-{view.digest}"'  # differs by language too
        head |= {"Allow": "GET, HEAD"} if code else {"ETag": f"W/{tag}"}
        held = ",".join(it.headers.getlist("If-None-Match"))
        same = not code and (held.strip() == "*" or tag in held)
        told = dict(Answer.model_validate(view.imprint)) | told
        text = None if same else Answer.model_validate(told).model_dump_json()
        code = 304 if same else code or 200
        return Response(text, code, head, "application/json")

    async def refuse(it: Request, error: Any) -> Response:
        fate = getattr(error, "resolution", None)
        facts = {"detail": str(error), "resolution": fate and fate.to_dict()}
        near = getattr(error, "suggestions", ())
        code = STATUS.get(type(error)) or error.status_code
        return reply(it, code, problem={**facts, "suggestions": near})

    def speak(it: Request, tags: Tags = "") -> None:
        it.state.view = kb.localized(kb.negotiate(tags), **kb.policy._asdict())

    def find(it: Request, folder: str) -> Any:
        if folder in NAMES.split():
            return getattr(it.state.view, folder)
        raise skb.UnknownId.among("folder", folder, NAMES.split())

    def search(it: Request, q: str = "") -> Response:
        hits = it.state.view.search(q)
        said = [hit.statement for hit in hits if hit.statement]
        return reply(it, records=[hit.record for hit in hits], statements=said)

    def browse(it: Request, folder: str) -> Response:
        return reply(it, records=[*find(it, folder)])

    def read(it: Request, folder: str, id: str) -> Response:
        return reply(it, records=[find(it, folder)[id]])

    no: Any = {"model": Answer}
    app = FastAPI(
        title="salvage-kb",
        version=kb.content_version,
        dependencies=[Depends(speak)],
        responses={304: {}, 400: no, 404: no, 410: no, "4XX": no},
        exception_handlers=dict.fromkeys([404, 405, *STATUS], refuse),
    )
    at: Any = {"/search": search, "/{folder}": browse, "/{folder}/{id}": read}
    for path, answer in at.items():
        app.get(path, response_model=Answer)(answer)
        app.head(path, include_in_schema=False)(answer)
    return app


app = create()
