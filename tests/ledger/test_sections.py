"""Apps bring parts to a page, which shows those that have something to say."""

from ledger.sections import Section, Sections


def _said(text: str) -> Section:
    return Section(template="page.html", context={"text": text})


def test_parts_are_built_of_what_the_page_is_about_in_the_order_they_were_added() -> None:
    sections: Sections[[str, int]] = Sections()
    sections.register("second", lambda name, count: _said(f"{name} {count}"))
    sections.register("first", lambda name, _count: _said(name))
    assert sections.built("a", 2) == [_said("a 2"), _said("a")]


def test_what_has_nothing_to_show_is_left_out() -> None:
    sections: Sections[[str]] = Sections()
    sections.register("empty", lambda _name: None)
    assert sections.built("a") == []
    sections.register("shown", _said)
    assert sections.built("a") == [_said("a")]


def test_a_part_added_again_takes_its_place_and_other_pages_have_none_of_it() -> None:
    one: Sections[[str]] = Sections()
    other: Sections[[str]] = Sections()
    one.register("part", _said)
    one.register("part", lambda name: _said(name * 2))
    assert (one.built("a"), other.built("a")) == ([_said("aa")], [])
