"""The lab's server as a stranger meets it: other hosts, other origins, no token, hostile messages."""

from __future__ import annotations

import asyncio
import base64
import html
import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import syllabus
from autograder.course.trees import GONE, trees
from autograder.lab import messages
from autograder.lab.answers import Answers
from autograder.lab.map.view import standing
from autograder.lab.outbox import AHEAD, MAX_WAITING, Outbox
from autograder.lab.server import MAX_REFUSED
from autograder.lab.shared import Lab
from autograder.lab.views import views
from autograder.language import speaking
from autograder.model import Failure
from autograder.student import workspace
from tests.helpers import make_check, make_grade
from tests.labs import lab_of, talk


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, str]]:
    """One lab for all tests of this file."""
    with lab_of(tmp_path_factory.mktemp("lab") / "workspace") as running:
        yield running


def get(address: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers of what lies at an address."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


PLACES = (
    "map/",
    "page/s3_neural_networks/softmax",
    "static/lab/socket.js",
    "picture/s3_neural_networks/softmax.png",
    "alive",
)


@pytest.mark.parametrize("place", PLACES)
def test_who_may_read(lab: tuple[Lab, str], place: str) -> None:
    """With the token, from this machine's own page; without one of these, nothing, and nothing of the lab is said."""
    _, address = lab
    host, _, token = address.removeprefix("http://").rstrip("/").partition("/")
    refused = [
        (f"http://{host}/{place}", {}), (f"http://{host}/{token[:-1]}/{place}", {}),
        (f"http://{host}/x{token}/{place}", {}),
        (address + place, {"Host": "lab.example:80"}), (address + place, {"Host": "127.0.0.1.example"}),
        *((address + place, {"Host": odd}) for odd in (
            "127.0.0.1:80; script-src *", "127.0.0.1:x", "127.0.0.1:", "127.0.0.1:1:2", "::1", "[::1]x", "[::1", "",
            "127.0.0.1:123456", "localhost:\xb2",
        )),
        (address + place, {"Origin": "http://example.org"}), (address + place, {"Origin": "null"}),
        (address + place, {"Origin": "http://127.0.0.1:1"}),
    ]  # fmt: skip
    for where, headers in refused:
        status, text, _ = get(where, **headers)
        assert (status, "this address is not known here" in text) == (403, True), (where, headers)
    if not place.endswith("png"):
        assert get(address + place)[0] == 200
        assert [get(address + place, Host=own)[0] for own in ("[::1]", "[::1]:1", "localhost:80")] == [200] * 3
        assert get(address + place, Origin=f"http://{host}")[0] == 200


def test_a_hub_that_was_named(tmp_path: Path) -> None:
    """Its proxy asks under its own name, from pages of its own; any other name is refused as ever."""
    with lab_of(tmp_path / "workspace", hub="hub.example") as (_, address):
        own = {"Host": "hub.example", "Origin": "https://hub.example"}
        assert get(address + "map/", **own)[0] == 200
        assert get(address + "map/", Host="other.example")[0] == 403
        assert get(address + "map/", Host="hub.example", Origin="https://other.example")[0] == 403
        assert get(address.rsplit("/", 2)[0] + "/map/", **own)[0] == 403


def test_a_copy_without_solutions(tmp_path: Path) -> None:
    """What is one's own works; where there is nothing, a line says so, on both playgrounds."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / GONE).write_text("with your teacher\n")
    own = trees()
    with lab_of(tmp_path / "workspace", places=replace(own, solutions=tmp_path / "solutions")) as (lab, address):
        kernel = {
            "type": "kernel", "serial": 1, "image": base64.b64encode(bytes(256)).decode(), "height": 16, "width": 16,
            "size": 1, "kernel": [1],
        }  # fmt: skip
        told = talk(address, "convolution/", kernel, until="nothing")
        assert told[-1]["why"] == "conv2d is not written yet, and this copy of the course has none"
        assert {part["owner"] for message in told for part in message.get("parts", ())} == {"nobody"}
        file = lab.workspace.root / "exercises" / "s4_cnns" / "convolution.py"
        file.write_text(own.solution("s4_cnns/convolution").read_text(encoding="utf-8"), encoding="utf-8")
        assert talk(address, "convolution/", kernel, until="mapped")[-1]["owner"] == "yours"
        told = talk(address, "playground/", {"type": "build", "state": {}}, until="declined")
        assert told[-1]["reason"] == "tanh is not written yet, and this copy of the course has none"


def test_a_ticket_leads_to_a_page_once(lab: tuple[Lab, str]) -> None:
    """What a browser is started with is worth nothing afterwards; whoever has the token is given another."""
    from autograder.lab.run import ticket

    running, address = lab
    for once in (ticket(address, "map/"), address.removesuffix(f"{running.token}/") + running.tickets.new("map/")):
        assert running.token not in once
        assert get(once, Origin="http://example.org")[0] == 403
        assert "static/map/map.js" in get(once)[1]
        assert get(once)[0] == 403
    assert get(address.removesuffix(f"{running.token}/") + "ticket/map/")[0] == 403


def test_headers_of_every_page(lab: tuple[Lab, str]) -> None:
    """A page loads nothing from elsewhere, tells nobody its address, and stands in no frame."""
    _, address = lab
    for place in ("map/", "nothing/", "static/web/look.css"):
        headers = {name.lower(): value for name, value in get(address + place)[2].items()}
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


@pytest.mark.parametrize(
    "path",
    ["static/lab/../server.py", "static/lab/%2e%2e/server.py", "static/../../pyproject.toml", "static/lab//etc/passwd",
     "picture/s3_neural_networks/../../../pyproject.toml", "picture/nowhere/x.png", "page/s3_neural_networks/nothing",
     "page/../map", "static/page/view.py", "static/lab/%00", "static/lab/socket.js%00.png",
     f"picture/s3_neural_networks/{'a' * 300}.png", "picture/s3_neural_networks/%00.png",
     f"picture/s3_neural_networks/{'a' * 300}_dark.png"],
)  # fmt: skip
def test_nothing_beside_what_is_served(lab: tuple[Lab, str], path: str) -> None:
    """Neither sources nor files outside can be read."""
    assert get(lab[1] + path)[0] in (403, 404)


@pytest.mark.parametrize(("given", "page"), [
    ("", "map/"), ("map", "map/"), ("playground", "playground/"), ("convolution", "convolution/"),
    ("page/s3_neural_networks/softmax/", "page/s3_neural_networks/softmax"),
    ("page/s3_neural_networks/playground", "playground/"), ("page/s4_cnns/playground/", "convolution/"),
])  # fmt: skip
def test_a_slash_too_many_or_too_few_leads_to_the_page(lab: tuple[Lab, str], given: str, page: str) -> None:
    """By a way that names no machine, so that it is right behind a proxy too."""
    for address in (lab[1] + given, lab[1].rstrip("/"))[: 2 - bool(given)]:
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert answer.url == lab[1] + page
    line = http.client.HTTPConnection(lab[1].split("/")[2])
    line.request("GET", f"/{lab[0].token}/{given}")
    assert "//" not in (line.getresponse().headers["location"] or "//")


def test_a_lesson_s_pictures_have_their_dark_version(lab: tuple[Lab, str]) -> None:
    """Where there is none, the light one is given; what is no picture is not there in either."""
    course = lab[0].trees.course / "s3_neural_networks"
    for name in ("softmax.png", "softmax_dark.png"):
        with urllib.request.urlopen(f"{lab[1]}picture/s3_neural_networks/{name}", timeout=20) as answer:
            assert answer.read() == (course / name).read_bytes()
    assert "softmax_dark.png" in get(lab[1] + "page/s3_neural_networks/softmax")[1]
    assert get(lab[1] + "picture/s3_neural_networks/nothing_dark.png")[0] == 404


def test_sockets_of_strangers(lab: tuple[Lab, str]) -> None:
    """A socket opens from our own page alone."""
    address = lab[1].replace("http", "ws", 1)

    async def tried(where: str, origin: str | None) -> bool:
        try:
            async with websockets.connect(where, origin=origin) as line:  # type: ignore[arg-type]
                await line.send('{"type":"hello","version":1}')
                return bool(await asyncio.wait_for(line.recv(), 10))
        except (websockets.InvalidStatus, websockets.ConnectionClosed):
            return False

    own = lab[1].removesuffix(f"/{lab[0].token}/")
    assert asyncio.run(tried(f"{address}socket/map/", own))
    assert not asyncio.run(tried(f"{address}socket/map/", "http://example.org"))
    assert not asyncio.run(tried(address.replace(lab[0].token, "x") + "socket/map/", own))


HOSTILE = [
    "", "{", "[]", "null", "7", '"again"', '{"type":"no such"}', '{"type":"again","more":1}', '{"type":["again"]}',
    '{"type":"seen","number":"one"}', '{"type":"seen","number":-1e400}', b"\xff\xfe\x00", "[" * 100_000,
    '{"type":"again"' + "," * 50, json.dumps({"type": "again", "x": "y" * 1_200_000}),
]  # fmt: skip


def test_hostile_messages_do_nothing(lab: tuple[Lab, str]) -> None:
    """Each is refused in a line, and the next good message is answered as ever."""
    told = talk(lab[1], "map/", *HOSTILE, {"type": "again"}, until="standing")
    refused = [message["reason"] for message in told if message["type"] == "refused"]
    assert len(refused) == len(HOSTILE)
    assert all(reason and len(reason) <= 200 and "\n" not in reason for reason in refused)
    assert len(told[-1]["places"]) == len(lab[0].syllabus.exercises)


def test_a_page_that_asks_without_end_waits_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's turn comes once for all that was asked meanwhile, and other pages wait behind no queue of it."""
    course = syllabus.load(trees())
    answers = Answers(workspace.init(tmp_path / "workspace", trees(), course), course, trees())
    monkeypatch.setattr(Answers, "_watch", lambda self: None)
    first, second = list(course.exercises.values())[:2]
    for exercise in (first, first, second, first, second):
        answers.ask(exercise)
    assert answers._watcher is not None
    assert [one.exercise for one in answers._watcher.wanted] == [first, second]


def test_who_only_sends_rubbish_is_hung_up_on(lab: tuple[Lab, str]) -> None:
    """So is a page of another version, with a word that says what to do."""
    with pytest.raises(websockets.ConnectionClosed) as closed:
        talk(lab[1], "map/", *["?"] * (MAX_REFUSED + 5), until="never")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4413

    async def old() -> str:
        async with websockets.connect(lab[1].replace("http", "ws", 1) + "socket/map/") as line:
            await line.send('{"type":"hello","version":0}')
            await asyncio.wait_for(line.wait_closed(), 10)
            return f"{line.close_code} {line.close_reason}"

    assert asyncio.run(old()) == "4400 this page is of another version: load it again"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TAGS = st.sampled_from(["hello", "seen", "again", "check", "hint", "kernel", "digit", "unit", "train", "run", "step"])


@pytest.mark.parametrize("view", sorted(views()))
@given(value=JSON, tag=TAGS, raw=st.binary(max_size=60))
def test_every_message_is_read_or_refused(view: str, value: object, tag: str, raw: bytes) -> None:
    """Whatever comes, a view's reader gives one of its structs, or one exception with a line that says why."""
    reader = messages.Reader(views()[view].incoming)
    tagged = {**value, "type": tag} if isinstance(value, dict) else {"type": tag, "value": value}
    for text in (raw, json.dumps(value), json.dumps(tagged)):
        told = ""
        try:
            assert isinstance(reader.read(text), messages.Message)
        except messages.BadMessage as error:
            told = str(error) or "no reason" * 100
        assert len(told) <= 200


class Frame(messages.Message, frozen=True):
    """A frame of a test."""

    step: int


class Word(messages.Message, frozen=True):
    """A word of a test."""

    text: str


def test_a_slow_page_gets_the_latest_frame() -> None:
    """A thousand frames for a page that paints none: two are sent, one waits, and it is the last; words keep order."""

    async def sent() -> list[dict[str, object]]:
        box = Outbox(asyncio.get_running_loop())
        came: list[dict[str, object]] = []

        async def take(text: bytes) -> None:
            came.append(json.loads(text))

        delivery = asyncio.create_task(box.deliver(take))
        for step in range(1000):
            box.show(Frame(step))
            if step % 100 == 0:
                box.say(Word(str(step)))
                await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        assert sum("step" in message for message in came) == AHEAD
        assert not box.takes
        box.seen(10**9)  # more than were sent
        await asyncio.sleep(0.05)
        box.close()
        await asyncio.wait_for(delivery, 5)
        return came

    came = asyncio.run(sent())
    frames = [message["step"] for message in came if "step" in message]
    assert len(frames) == AHEAD + 1
    assert frames[-1] == 999
    assert [message["text"] for message in came if "text" in message] == [str(n) for n in range(0, 1000, 100)]


def test_the_next_frame_is_made_while_the_last_one_is_sent() -> None:
    """A frame that waits for the loop alone does not keep the next one from being made; two on their way do."""

    async def taken() -> list[bool]:
        box = Outbox(asyncio.get_running_loop())
        found = [box.takes]
        box.show(Frame(1))
        found.append(box.takes)

        async def send(text: bytes) -> None:
            pass

        delivery = asyncio.create_task(box.deliver(send))
        await asyncio.sleep(0)
        box.show(Frame(2))
        found.append(box.takes)
        box.seen(1)
        found.append(box.takes)
        box.close()
        await asyncio.wait_for(delivery, 5)
        return found

    assert asyncio.run(taken()) == [True, True, False, True]


def test_a_page_that_reads_nothing_is_gone() -> None:
    """Words are kept for a while, and then the page is given up."""

    async def filled() -> bool:
        box = Outbox(asyncio.get_running_loop())
        for n in range(MAX_WAITING + 1):
            box.say(Word(str(n)))
        return box.closed

    assert asyncio.run(filled())


def test_the_schema_keeps_its_version() -> None:
    """Every message of every view has a tag of its own, which is none of the lab's."""
    own = {"hello", "seen", "welcome", "refused", "trouble", "gone"}
    for name, view in views().items():
        kinds = getattr(view.incoming, "__args__", (view.incoming,))
        tags = [kind.__struct_config__.tag for kind in kinds]
        assert len(set(tags)) == len(tags), name
        assert not set(tags) & own, name


def test_no_request_names_another_machine() -> None:
    """What the pages are made of asks nobody else for anything."""
    root = Path(messages.__file__).parent
    for path in [*root.rglob("*.js"), *root.rglob("*.css"), *root.rglob("*.html")]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//cdn" not in text
        assert "http://" not in text, path
        assert "https://" not in text, path


def test_the_lab_speaks_the_course_s_language(tmp_path: Path) -> None:
    """Fixed words, missions and settings of the playgrounds, and a card, which comes from a thread of its own"""
    page = "page/s3_neural_networks/softmax"
    with speaking("de"), lab_of(tmp_path / "workspace") as (_, address):
        told = {path: html.unescape(get(f"{address}{path}")[1]) for path in ("playground/", "convolution/", page)}
        told = {path: re.sub(r"<script id=words.*?</script>", "", text) for path, text in told.items()}
        for german in ("Link kopieren", "Ein Kreis ist eine Gerade", "Vier tanh-Neuronen", "200 Schritte/s"):
            assert german in told["playground/"]
        for german in ("Finde senkrechte Kanten", "Zeichne. Das Netz ist", "Netze spiegeln ihre Kernel nicht"):
            assert german in told["convolution/"]
        for english in ("Copy link", "A product is enough", "Find vertical edges", "The page sees by itself"):
            assert not any(f">{english}" in text or f'"title": "{english}"' in text for text in told.values())
        card = talk(address, page, until="answered", seconds=90)[-1]["card"]
    assert re.search(r"unfertig</span>\s*0 von", card), card


def test_the_map_has_the_words_and_signs_of_every_page(tmp_path: Path) -> None:
    """a page is right once every check passed, else what the last answer left it; what is as handed out is untouched"""
    with lab_of(tmp_path / "workspace") as (lab, _):
        pages = list(lab.syllabus.exercises)[1:4]
        ends = {pages[0]: "passed", pages[1]: "failed", pages[2]: "missing"}
        failure = Failure("problem", "NotImplementedError", function="f")
        with lab.answers.progress() as kept:
            for page, end in ends.items():
                lab.workspace.file_of(lab.syllabus.exercises[page], lab.trees).write_text(f"# {end}\n")
                check = make_check(status=end, points=float(end == "passed"), failure=failure)
                kept.note(make_grade("me", page, status=end, points=check.points, checks=(check,)))
        found = {one.address: (one.state, one.sign) for one in standing(lab).places}
        assert [found[page] for page in pages] == [("right", "✓"), ("wrong", "✗"), ("unfinished", "…")]
        assert set(found.values()) - {found[page] for page in pages} == {("untouched", "–")}
        with lab.answers.progress() as kept:  # of an earlier version, which kept no state
            kept.pages[pages[1]].state = ""
        assert next(one.state for one in standing(lab).places if one.address == pages[1]) == "unfinished"
