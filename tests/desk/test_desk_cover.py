"""Names of a class covered in texts."""

from __future__ import annotations

import unicodedata

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from autograder.desk.cover import COVER, Cover
from autograder.desk.torch_names import TORCH
from autograder.desk.vocabulary import Vocabulary, words_of
from tests.helpers import ROOT

CLASS = [
    ["ada"], ["Müller, Zoë", "zmuel@uni.example"], ["max"], ["Mark Twain"], ["Li, An"], ["x"], ["bo"], ["a.b*c"],
    ["student_01"], ["student_02"], ["student_03"], ["student_04"], ["Łukasz Ødegård"], ["孟子"], ["12"], ["4711"],
    [""], ["王小明"], ["김민수"], ["佐藤 花子"], ["สมชาย"],
]  # fmt: skip
COVERED = Cover(CLASS)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("# by Ada, ada_softmax.py; adamant", "# by •••, •••_softmax.py; adamant"),
        ("softmaxAda2.py ada3 adamant3", "softmax•••2.py •••3 adamant3"),
        ("zoë müller MÜLLER, ZOË! mueller Zoe", "••• ••• •••, •••! ••• •••"),
        ("ZoeMueller zoemuller zmueller zmuel", "••• ••• ••• •••"),
        ("Zo\u0308e\u0308 Mu\u0308ller", "••• •••"),  # decomposed
        ("Mü\u00adl\u200bler", COVER),  # with letters that nobody sees
        ("x.max(1), max(x), torch.max, as max says, Max", "x.max(1), max(x), torch.max, as ••• says, •••"),
        ("Mark will mark it, twain", "••• will mark it, •••"),
        ("an li is in li", "••• ••• is in •••"),
        ("x = bo", "x = •••"),
        ("a.b*c aXbbc a, b", "••• aXbbc a, b"),
        ("the student said, student_01", "the student said, •••_•••"),
        ("lukasz odegard", "••• •••"),
        ("孟子 4711 12 14711", "••• ••• 12 14711"),
        ("王小明说: 作者王小明, 小明写的", "•••说: 作者•••, •••写的"),
        ("김민수가 민수는 김", "•••가 •••는 김"),
        ("佐藤花子です 花子さん helloสมชายครับ", "•••です •••さん hello•••ครับ"),
        ("", ""),
    ],
)
def test_a_name_is_covered_as_a_word(text: str, shown: str) -> None:
    """anybody's: in any case and form, joined by anything; never within another word, nor what code calls"""
    assert COVERED.text(text) == shown


def test_vowel_signs_are_no_gaps_in_a_name() -> None:
    """names of Devanagari, Tamil and Bengali are covered whole: a sign that stands beside its letter is a part of it"""
    cover = Cover([["गीता शर्मा"], ["रवि कुमार"], ["நந்தினி ராமன்"], ["সুমি"]])
    said = "गीता, शर्मा ने लिखा; रवि कुमार; நந்தினி எழுதியது; সুমি"
    assert cover.text(said) == "•••, ••• ने लिखा; ••• •••; ••• எழுதியது; •••"


def test_a_login_with_digits_holds_a_name() -> None:
    """what stands beside its digits is a name, but where many share it, or it is a word that is known"""
    logins = ["kim42", "2023smith", "wu.yuna99", "student01", "team1", "stud1", "stud2", "stud3"]
    cover = Cover([[login] for login in logins])
    said = "# by Kim: kim_net, Smith's; yuna; team stud student; kimono"
    assert cover.text(said) == "# by •••: •••_net, •••'s; •••; team stud student; kimono"
    words = Cover([["will23"], ["max7"], ["adam3"]])
    said = "Will says: will Max, x.max(), optim.Adam, or Adam?"
    assert words.text(said) == "••• says: will •••, x.max(), optim.Adam, or •••?"


def test_an_apostrophe_that_is_a_letter_is_an_apostrophe() -> None:
    """ʻokina, hamza and the modifier letter of O\u02bcBrien, in the name or in the text, with or without it"""
    cover = Cover([["\u02bbAkamu Kealoha"], ["Siobhán O\u02bcBrien"], ["D'Angelo, Bev"]])
    said = "Akamu, \u02bbakamu; O'Brien O\u02bcBrien obrien; D\u02bcAngelo dangelo"
    assert cover.text(said) == "•••, \u02bb•••; •••'••• •••\u02bc••• •••; •••\u02bc••• •••"


SHORT = Cover([["Jo Ng"], ["Eva Ng"], ["Li Wu"], ["Xu, Bo"], ["Ed Smith"], ["Le An"], ["Do, Eva"], ["Mu"], ["Ян Ли"]])


@pytest.mark.parametrize(
    "text, shown",
    [
        ("with jo, Jo said so, JO", "with •••, ••• said so, •••"),
        ("J. Ng; e.ng; ng_e; jo_ng jong ngjo", "•••. •••; •••.•••; •••_•••; •••_••• ••• •••"),
        ("li and wu, Xu with Bo, Ed", "••• and •••, ••• with •••, •••"),
        ("Jos book, Jo's, Eds, Ян, с Ли", "••• book, •••'s, •••, •••, с •••"),
        ("softmaxJo.py JoNet jo2.py jo2 3jo2", "softmax•••.py •••Net •••2.py •••2 3jo2"),
        ("Do it, ask An, Le and Mu", "••• it, ask •••, ••• and •••"),
        ("do an apple, i do, e.do, d_eva", "do an apple, i do, •••.•••, •••_•••"),
        ("x.le(3), torch.le, le = mu, is_leaf", "x.le(3), torch.le, le = mu, is_leaf"),
        ("list, bold, joy, song, adjoin, edit", "list, bold, joy, song, adjoin, edit"),
    ],
)
def test_a_name_of_two_letters_is_covered_as_a_word(text: str, shown: str) -> None:
    """never within another word; where it is a word itself, behind a capital and beside the rest of its name alone"""
    assert SHORT.text(text) == shown


NAMES = [
    ["Иван Петров"], ["Анна"], ["Андрей"], ["Ольга Соколова"], ["Nowak, Monika"], ["Jan Kowalski"], ["Matti Virtanen"],
    ["Pekka"], ["Ivan"], ["Norma"], ["Vera Grant"], ["Nina Rand"], ["Lina"], ["Mark"], ["Bob"], ["Hans Jürgensen"],
    ["Dense"],
    ["Γιώργος Παπαδόπουλος"], ["Μαρία"], ["Νίκος"], ["Giannis"], ["Jānis Bērziņš"], ["Jonas Gediminaitis"], ["Līga"],
    ["Audrius"], ["Mehmet Yılmaz"], ["Ayşe"], ["Zeynep"], ["İbrahim"], ["Kovács"], ["Kadri"], ["გიორგი"], ["Արամայիս"],
    ["יונתן"], ["محمود"],
]  # fmt: skip
INFLECTED = Cover(NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "Иваном Ивана ИВАНУ Иване Петрову Петровым Петрова", "Анны Анне Анной анну",
        "Андрея Андрею Андреем", "Ольгой Ольге Соколовой",
        "Nowaka Nowakowi Nowakiem Nowaków", "Moniki Monice Monikę Moniką",
        "Kowalskiego Kowalskiemu Kowalskim Kowalskiej",
        "Matin Matilla Mattia Virtasen Virtaselle", "Pekan Pekalle Pekkaa", "Ivans ivans IVANS",
        "Ivanin Ivanilla Ivana Ivanem Ivanovi Ivanův", "Marks Bobs Hans", "Jürgensens Juergensens",
        "Normas Veras Grants",
        "Γιώργο Γιώργου γιώργε ΓΙΩΡΓΟΣ Παπαδόπουλου Παπαδοπούλου", "Μαρίας Μαρίες Νίκο Νίκου", "Gianni Giannē",
        "Jāņa Jānim Jāni Bērziņa Bērziņam bērziņš", "Jono Jonui Joną Gediminaičio Gediminaičiui", "Līgas Līgai Līgu",
        "Audriaus Audriui Audrių", "Mehmetin Mehmetten Mehmetle Mehmede Yılmazın YILMAZLAR", "Ayşenin ayşeye Ayşeyle",
        "Zeynebin Zeynepte İbrahimin ibrahim İBRAHİMDEN", "Kovácsnak Kováccsal Kovácsék Kadriga",
    ],
)  # fmt: skip
def test_a_name_with_an_ending_is_covered(text: str) -> None:
    """of case and possession, in languages from Finnish to Turkish: nothing of the name is left"""
    for form in ("NFC", "NFD"):
        assert INFLECTED.text(unicodedata.normalize(form, text)).replace(COVER, "").strip() == ""


@pytest.mark.parametrize(
    "text",
    [
        "torch.randn(3), x.normal_(), very nine line linear", "normal granted granting ivanhoe", "marks",
        "normally a verb, linearly, densely", "ивановский стиль", "pack, peak, mattress, panowie", "self.dens.es",
        "import random", "jane jonathan jonquil, Aude", "Νικητής νίκη", "Ayn Lige",
    ],
)  # fmt: skip
def test_words_that_begin_like_names_stay(text: str) -> None:
    """what ends otherwise than names do, is called, or is a common word in small letters"""
    assert INFLECTED.text(text) == text


def test_what_stands_right_beside_a_name() -> None:
    """an apostrophe with its ending, or prefixes and endings of scripts that write them so, show nothing of the name"""
    text = "Mehmet'in Yılmaz’ın კოდი გიორგის Արամայիսի ליונתן ومحمود عليه"
    assert INFLECTED.text(text) == f"{COVER}'in {COVER}’ın კოდი {COVER}ს {COVER}ի ל{COVER} و{COVER} عليه"


def test_a_name_of_ten_thousand_letters() -> None:
    """is a name like any other, whole or cut off where names are looked at no further"""
    assert Cover([["y" * 10_000]]).text(f"{'Y' * 10_000}, {'y' * 2000}") == f"{COVER}, {COVER}"


def test_an_ending_within_a_longer_name() -> None:
    """joined by underscores, digits or capitals; what is defined is no attribute"""
    assert INFLECTED.text("ivans_softmax ivansSoftmax def ivans(x): softmaxIvans2") == (
        "•••_softmax •••Softmax def •••(x): softmax•••2"
    )


@pytest.mark.parametrize(
    "name, text, shown",
    [
        ("ada", "ada's adas Adas adamant Ada_ ADA1", "•••'s ••• ••• adamant •••_ •••1"),
        ("Ada Lovelace", "AdaLovelace ada_lovelace lovelace.a A. Lovelace", "••• •••_••• •••.••• •••. •••"),
        ("Ada Lovelace", "alovelace lovelacea mylovelacecode, a love lace", "••• ••• my•••code, a love lace"),
        ("Jean-Luc Picard", "jlpicard PicardJL J.-L. Picard", "••• ••• •••.-•••. •••"),
        ("Max", "F.max_pool2d(x) max_pool max_len MAX_LEN nn.MaxPool2d x.amax()", None),
        ("Max", "Max max's max_softmax.py Max_pool", "••• •••'s •••_softmax.py •••_pool"),
        ("Max Frei", "max_frei = 1, max_pool, Max F.", "•••_••• = 1, max_pool, ••• •••."),
        ("Adam", "torch.optim.Adam(p) AdamW adam_step import Adam", None),
        ("Adam", "# by Adam, adam.ipynb", "# by •••, •••.ipynb"),
        ("Len", "lens len(x) __len__", None),
    ],
)  # fmt: skip
def test_what_code_and_names_have_in_common(name: str, text: str, shown: str | None) -> None:
    """what Python and PyTorch call so stays in code; a name's initials, joins and short endings do not"""
    assert Cover([[name]]).text(text) == (text if shown is None else shown)


ROOM = Cover(
    [["Ada Lovelace", "ada.l@uni.example"], ["Max Will"], ["Jo Ng"], ["An Le"], ["John Doe"], ["Alexander Petrov"],
     ["Ana Paula Souza Lima"], ["Ng Mei Ling"], ["Søren Kierkegård"], ["Christopher O'Neil"], ["May Rose"],
     ["van den Berg, Tom"], ["Dot Long"], ["Theo Adam"], ["Samuel Tan"]],
    Vocabulary(words_of(ROOT)),
)  # fmt: skip


@pytest.mark.parametrize(
    "text, shown",
    [
        ("softmaxada.py myada adasoftmax SoftmaxAda2", "softmax•••.py my••• •••softmax Softmax•••2"),
        ("WillMax maxwill MaxDoe, maxs, jos", "••• ••• •••, •••, •••"),
        ("jng jdoe DoeJ theoa tadam wmax longd", "••• ••• ••• ••• ••• ••• •••"),
        ("adalla adan adab", "••• ••• adab"),
        ("# by le, with an, thanks may", "# by •••, with •••, thanks •••"),
        ("le is a word, an, may, will", None),
        ("hw_jo.py hwng.ipynb jo_an.py", "hw_•••.py hw•••.ipynb •••_•••.py"),
        ("Alex, chris_net, sam_tan, AlexSoftmax", "•••, •••_net, •••_•••, •••Softmax"),
        ("oneil O'Neil coneil vandenberg tvandenberg", "••• •••'••• ••• ••• •••"),
        ("mail kitty.cat@gmail.com or x@y.de, w@x.T, q@k.at(1)", "mail ••• or •••, w@x.T, q@k.at(1)"),
        ("/home/kitty/hw /Users/k1/x C:\\Users\\Kit\\hw", "/home/•••/hw /Users/•••/x C:\\Users\\•••\\hw"),
        ('__author__ = "Kitty Cat"', '__author__ = "•••"'),
        ("# Author(s): Kitty and Cat", "# Author(s): •••"),
        ("Matrikelnummer: 1234567, (Matr.-Nr. s998877)", "Matrikelnummer: •••, (Matr.-Nr. •••)"),
        ("student id 20-1234, student 3, registration = 4", "student id •••, student 3, registration = 4"),
        ("apsouza aplsouza mlng skierkegaard Kierkegård", "••• ••• ••• ••• •••"),
        ("argmax softmax maxlen MinMaxScaler AlexNet standard alias canada toddler example trained", None),
        ("def longest(x): return x.max(), dotted, maximal, willing, doer, adamant, andante, sample", None),
    ],
)  # fmt: skip
def test_names_within_words(text: str, shown: str | None) -> None:
    """run together with known words or each other, with an initial, shortened, announced; words of code stay"""
    assert ROOM.text(text) == (text if shown is None else shown)


def test_what_was_cut_off_shows_no_part_of_a_name() -> None:
    """what stands before or behind the sign of a cut, be it a name's beginning or its end"""
    text = "ValueError: Lovel…, …lace, yyyyyy…, and so on… list[...], fold... lov..."
    shown = "ValueError: •••…, …•••, •••…, and so on… list[...], fold... •••..."
    assert Cover([["Ada Lovelace"], ["y" * 200]]).text(text) == shown


def test_escaped_letters_are_letters() -> None:
    """as code, JSON and the desk itself write marks of direction: of a name with such a mark they hid the rest"""
    room = Cover([["\u202egnol\u202c Rtl"], ["Müller"], ["../up"], ["Ada"]])
    text = r"by \u202egnol\u202c, M\xfcller, M\u00fcller \u0041da, ../up, C:\Users\xaxa \U00110000 \u a\xg"
    shown = r"by \u202e•••, •••, ••• •••, •••, C:\Users\••• \U00110000 \u a\xg"
    assert room.text(text) == shown


def test_the_courses_own_code_is_hardly_touched() -> None:
    """of a class with the names of most frequent use nine in ten lines of what students see stay as they are"""
    first = (
        "Ada Adam Alexander Anna Ben Chris Daniel Elena Eva Frank Grace Hans Ian Ivan Jan Jo John Kim Lee Li Max Mia"
    )
    last = (
        "Smith Ng Wu Chen Brown King Long Young Silva Müller Weber Novak Petrov Sato Nguyen Tran Garcia Khan Patel Do"
    )
    room = Cover([[f"{one} {other}"] for one in first.split() for other in last.split()], Vocabulary(words_of(ROOT)))
    lines = [line for file in sorted((ROOT / "solutions").rglob("*.py")) for line in file.open(encoding="utf-8")]
    assert sum(room.text(line) != line for line in lines[::5]) < len(lines[::5]) / 10


def test_the_names_of_pytorch_are_those_that_it_has() -> None:
    """the list that is kept beside the desk, but for a few that come and go with a version"""
    rooms = (torch, torch.Tensor, nn, nn.Module, nn.functional, nn.init, torch.optim, torch.optim.lr_scheduler,
             torch.linalg, torch.fft, torch.special, torch.autograd, torch.distributions, torch.utils.data)  # fmt: skip
    there = {name for room in rooms for name in dir(room)}
    assert len(TORCH - there) < len(TORCH) / 20
    assert {"max_pool2d", "log_softmax", "Adam", "cross_entropy", "Linear"} <= TORCH


parts = st.text(alphabet="bdfgkpqwz", min_size=4, max_size=9)  # no words of English, Python or PyTorch


@given(parts, parts, st.sampled_from("_.- "), st.sampled_from(["{}", "{}'s", "{}s", "softmax_{}", "# {}:", "{}2.py"]))
def test_no_join_of_a_name_is_left(first: str, last: str, between: str, around: str) -> None:
    """whatever joins its parts, in which case, with which initial, and whatever stands around it"""
    covered = Cover([[f"{first.title()} {last.title()}"]])
    joins = [
        f"{first}{between}{last}", f"{last}{between}{first}", first.title() + last.title(), first + last, last + first,
        first[0] + last, f"{last}{between}{first[0]}", f"{first[0]}{between}{last}", first.upper(), last.title(),
    ]  # fmt: skip
    for join in joins:
        left = covered.text(around.format(join)).lower()
        assert first not in left, join
        assert last not in left, join


letters = st.text(alphabet="abcdeÄßé .,-'<>\"\u202e", min_size=3, max_size=30)


@given(letters, st.text(alphabet="xyz 12.,_", max_size=40), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_no_whole_name_is_left(student: str, text: str, form: str) -> None:
    """whatever stands around it, composed or decomposed"""
    if student[0].isalpha() and student[-1].isalpha():
        told = unicodedata.normalize(form, f"{text} {student} {text}")
        assert unicodedata.normalize(form, student) not in Cover([[student]]).text(told)


@given(st.text(max_size=60))
def test_lines_stay_where_they_are(text: str) -> None:
    """a text without names is as it was, and no line is lost"""
    assert Cover([["lovelace"]]).text(text) == text or "lovelace" in text.lower()
    assert COVERED.text(text).count("\n") == text.count("\n")
