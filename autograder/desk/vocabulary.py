"""Words that a course, Python and PyTorch use: what a name that is run together with others is told from.

A part of a word may be a name by chance, as in ``canada``; in a word that somebody uses for something else it stays.
"""

from __future__ import annotations

import builtins
import contextlib
import keyword
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .torch_names import TORCH

_LOWER = re.compile(r"(?<![^\W_])[a-z]{2,}(?![^\W_])")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
#: what is put behind a word in English
_ENDS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly", "al", "ion", "ions", "able", "y", "n't")
#: what files and variables of homework are called
_HOMEWORK_WORDS = """
my by of and new old try hw ex task homework assignment solution final draft copy code file work lab sheet week
exercise exercises page test tests submission submit answer answers notebook main model net train utils helper
version abgabe aufgabe uebung blatt loesung devoir tarea tp td nn np pd cnn mlp rnn impl function func
"""
_HOMEWORK = frozenset(_HOMEWORK_WORDS.split())
#: what students call their variables, and networks that are called so
_CODE_WORDS = """
temp tmp curr prev next cost costs pred preds targ targs orig diff diffs dist dists prob probs coef coefs accum
mult flat corr stdev denom numer vals elem elems param params hist iters hid hidd outs inps grads lrs accs ckpt conf
cond dest comp calc loc marg multi norml perc perm proj quad rand reco reso resp rest resu sampl scal seld sequ simi
stat stats subs symm tens term thresh trans trunc vari vect verts weig card cards chan chans cent cents canv
alexnet lenet resnet vggnet googlenet densenet
"""
_CODE = frozenset(_CODE_WORDS.split())
LEAST = 3  #: letters of a part of a word that tells what the rest of it is, where code has it


class Vocabulary:
    """Words in small letters.

    Args:
        words: of the course.
    """

    def __init__(self, words: Iterable[str] = ()):
        code = (*TORCH, *dir(builtins), *keyword.kwlist, *sys.stdlib_module_names)
        whole = {name.replace("_", "").lower() for name in code}
        parts = {part.lower() for name in code for part in _PARTS.findall(name)}
        self._known = frozenset({*whole, *parts, *words, *_HOMEWORK, *_CODE} - {""})
        self._beside = frozenset({*(name for name in whole if len(name) == LEAST), *_HOMEWORK})

    def has(self, word: str) -> bool:
        """Tell whether a word in small letters is one of these."""
        return word in self._known

    def knows(self, word: str) -> bool:
        """Tell whether a word is one of these, maybe with an English ending."""
        return word in self._known or any(word.endswith(end) and word.removesuffix(end) in self._known for end in _ENDS)

    def is_part(self, word: str) -> bool:
        """Tell whether one of these words may stand beside a name that it is run together with."""
        return word in self._beside or (len(word) > LEAST and self.knows(word))


def words_of(root: Path) -> Iterator[str]:
    """Yield words in small letters: of a course's lessons, stubs and solutions, and of Python's manual, if at hand."""
    with contextlib.suppress(ImportError):
        from pydoc_data.topics import topics

        yield from {word for topic in topics.values() for word in _LOWER.findall(topic)}
    for folder, kind in (("course", "*.md"), ("exercises", "*.py"), ("solutions", "*.py")):
        for file in sorted((root / folder).rglob(kind)):
            try:
                text = file.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            yield from set(_LOWER.findall(text))
