import string

from hypothesis import given
from hypothesis import strategies as st

from conformance.recordings.distil.disguise import Disguise

words = st.text(string.ascii_letters + string.digits + "-_ äöüßéАБВ北京東", min_size=1, max_size=12)


def disguised(items, salt=b"s", kept=()):
    disguise = Disguise(salt)
    for word in items:
        disguise(word)
    for word in kept:
        disguise(word, len(word))
    disguise.seal()
    return disguise


@given(st.lists(words, unique=True, min_size=2))
def test_order_equality_and_prefixes_survive(items):
    disguise = disguised(items)
    for a in items:
        for b in items:
            x, y = disguise(a), disguise(b)
            assert (a < b, a == b, b.startswith(a)) == (x < y, x == y, y.startswith(x))


@given(st.lists(st.text(string.ascii_letters, min_size=1, max_size=8), unique=True, min_size=2))
def test_order_regardless_of_case_survives(items):
    disguise = disguised(items)
    assert sorted(items, key=str.lower) == sorted(items, key=lambda word: disguise(word).lower())


@given(st.lists(words, min_size=1))
def test_form_survives(items):
    disguise = disguised(items)
    for word in items:
        new = disguise(word)
        assert len(new) == len(word) and len(new.encode()) == len(word.encode())
        for a, b in zip(word, new, strict=True):
            assert (a.isdigit(), a.isalpha()) == (b.isdigit(), b.isalpha())
            assert not a.isascii() or (a.isupper(), a.islower()) == (b.isupper(), b.islower())
            assert a.isalnum() or a == b


@given(
    st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True)),
    st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True)),
)
def test_pinned_words_stay_and_the_others_keep_their_place_among_them(items, pinned):
    disguise = disguised(items, kept=pinned)
    assert [disguise(word) for word in pinned] == pinned
    everything = sorted({*items, *pinned})
    assert [disguise(word) for word in everything] == sorted(disguise(word) for word in everything)


@given(st.from_regex(r"[1-9][0-9]{4,11}", fullmatch=True))
def test_numbers_keep_their_digits_and_change(number):
    new = disguised([number])(number)
    assert len(str(int(new))) == len(number) and new != number


@given(st.from_regex(r"[a-z]{3,20}", fullmatch=True))
def test_a_word_alone_never_shows(word):
    new = disguised([word])(word)
    assert all(a != b for a, b in zip(word, new, strict=True))


def test_the_salt_decides():
    assert disguised(["miller"], b"a")("miller") != disguised(["miller"], b"b")("miller")
    assert disguised(["miller"], b"a")("miller") == disguised(["miller"], b"a")("miller")
