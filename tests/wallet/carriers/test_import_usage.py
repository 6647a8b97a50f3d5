"""The command that loads usage files."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from wallet.carriers.models import Break, Usage, UsageFile
from wallet.carriers.usage.rules import HEADER

pytestmark = pytest.mark.django_db

NUMBER = "13300000001"


def _line(
    *, used: int = 500, as_of: str = "2026-11-10", final: int = 0, allowance: int = 2048
) -> str:
    return f"{NUMBER},CT,广东,2026-11,4g-50,national,{allowance},{used},{as_of},{final}"


def _file(folder: Path, *lines: str, header: str = ",".join(HEADER)) -> str:
    path = folder / "usage.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return str(path)


def _loaded(folder: Path, *lines: str) -> str:
    out = io.StringIO()
    call_command("import_usage", _file(folder, *lines), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_good_lines_are_loaded(tmp_path: Path) -> None:
    assert "1 lines: 1 loaded" in _loaded(tmp_path, _line())
    row = Usage.objects.get()
    assert (row.msisdn, row.carrier_id, row.allowance_mb, row.used_mb) == (NUMBER, "CT", 2048, 500)


def test_twice_changes_nothing(tmp_path: Path) -> None:
    _loaded(tmp_path, _line())
    before = Usage.objects.values().get()
    assert "0 loaded, 1 unchanged" in _loaded(tmp_path, _line())
    assert Usage.objects.values().get() == before
    assert UsageFile.objects.count() == 1


def test_later_replaces_and_earlier_is_left(tmp_path: Path) -> None:
    _loaded(tmp_path, _line(used=500, as_of="2026-11-10"))
    _loaded(tmp_path, _line(used=700, as_of="2026-11-12"))
    assert Usage.objects.get().used_mb == 700
    _loaded(tmp_path, _line(used=600, as_of="2026-11-11"))
    _loaded(tmp_path, _line(used=600, as_of="2026-11-12"))
    assert Usage.objects.get().used_mb == 700


def test_one_file_may_say_it_twice(tmp_path: Path) -> None:
    lines = (_line(used=1, as_of="2026-11-10"), _line(used=3, as_of="2026-11-12"))
    _loaded(tmp_path, *lines, _line(used=2, as_of="2026-11-11"))
    assert Usage.objects.get().used_mb == 3


def test_a_changed_final_line_is_a_break(tmp_path: Path) -> None:
    _loaded(tmp_path, _line(used=500, as_of="2026-11-30", final=1))
    changed = _line(used=400, as_of="2026-12-01", final=1)
    assert "1 against a final attestation" in _loaded(tmp_path, changed)
    _loaded(tmp_path, changed)
    row = Usage.objects.get()
    assert (row.used_mb, row.final) == (500, True)
    found = Break.objects.get()
    assert found.kind == Break.Kind.FINAL_USAGE_CHANGED
    assert found.facts["changed"]["used_mb"] == 400


def test_a_repeated_final_line_is_no_break(tmp_path: Path) -> None:
    _loaded(tmp_path, _line(as_of="2026-11-30", final=1))
    _loaded(tmp_path, _line(as_of="2026-12-01", final=1))
    _loaded(tmp_path, _line(as_of="2026-11-20", used=1))
    assert not Break.objects.exists()
    assert Usage.objects.get().used_mb == 500


def test_bad_lines_are_named_and_good_ones_load(tmp_path: Path) -> None:
    said = io.StringIO()
    path = _file(tmp_path, _line(), "nonsense", "", _line().replace("CT", "ZZ"))
    with pytest.raises(SystemExit) as ended:
        call_command("import_usage", path, stdout=io.StringIO(), stderr=said)
    assert ended.value.code == 1
    assert said.getvalue().splitlines() == [
        "line 3: 10 fields are due, 1 are there",
        "line 5: carrier 'ZZ' is unknown",
    ]
    assert Usage.objects.count() == 1
    assert UsageFile.objects.get().bad_lines == 2


@pytest.mark.parametrize("header", ["", "msisdn,carrier", "a,b,c,d,e,f,g,h,i,j"])
def test_a_wrong_header_loads_nothing(tmp_path: Path, header: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("import_usage", _file(tmp_path, _line(), header=header))
    assert refused.value.returncode == 2
    assert not Usage.objects.exists()


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_an_unreadable_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("import_usage", str(tmp_path / name))
    assert refused.value.returncode == 2


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(CommandError) as refused:
        call_command("import_usage", str(tmp_path / "empty.csv"))
    assert refused.value.returncode == 2


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Path(_file(tmp_path, _line())).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + content)))
    call_command("import_usage", "-", stdout=io.StringIO())
    assert Usage.objects.count() == 1


def test_five_thousand_lines_load_in_chunks(tmp_path: Path) -> None:
    lines = [_line().replace(NUMBER, str(13300000000 + place)) for place in range(5_000)]
    assert "5000 loaded" in _loaded(tmp_path, *lines)
    assert Usage.objects.count() == 5_000
