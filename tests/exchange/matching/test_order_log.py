"""A log is read as CSV is written, a malformed line stops the run where it stands."""

import pytest

from exchange.matching.rules import Matcher
from exchange.matching.rules.order_log import BLOCK_BYTES, LINE_BYTES_MAX, MalformedLineError
from tests.exchange.matching.logs import printed_before_stopping, replayed

HEADER = "seq,command,order_id,side,price,quantity,time_in_force,group,phase\n"
PRINTED = "seq,report,order_id,counter_id,side,price,quantity,remaining,reason\n"
GOOD = "1,NEW,a,B,3,4,,,\n"
GOOD_PRINTED = PRINTED + "1,ACCEPTED,a,,B,3,4,4,\n"


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(HEADER + GOOD, id="plain"),
        pytest.param(HEADER + GOOD.rstrip(), id="no line feed at the end"),
        pytest.param((HEADER + GOOD).replace("\n", "\r\n"), id="lines end as on Windows"),
        pytest.param("\ufeff" + HEADER + GOOD, id="byte order mark"),
        pytest.param(HEADER + "\n" + GOOD + "\n\n", id="blank lines"),
        pytest.param(HEADER + '1,"NEW","a",B,"3",4,,,\n', id="quoted cells"),
        pytest.param(HEADER + "1,NEW,a,B,0003,4,GTC,,\n", id="leading zeros"),
        pytest.param(
            "note,price,seq,side,order_id,command,quantity\nx_y,3,1,B,a,NEW,4\n",
            id="other order, unknown column, optional ones absent",
        ),
        pytest.param(
            'note,price,seq,side,order_id,command,quantity\n"x\ny",3,1,B,a,NEW,4\n',
            id="the same, with a line feed in a cell",
        ),
    ],
)
def test_one_log_in_many_spellings(log: str) -> None:
    assert replayed(log) == GOOD_PRINTED


def test_a_log_of_no_lines_prints_the_header() -> None:
    assert replayed(HEADER) == PRINTED


@pytest.mark.parametrize(
    "order_id", ["a,b", 'a"b', "a\nb", "流量", "a_b", "a b", "1_0", "\u2028", "\x85", "\x0b"]
)
def test_an_order_id_is_opaque_and_printed_as_csv(order_id: str) -> None:
    cell = order_id
    if any(sign in order_id for sign in ',"\n'):
        cell = '"' + order_id.replace('"', '""') + '"'
    log = f"{HEADER}1,NEW,{cell},B,3,4,,,\n2,CANCEL,{cell},,,,,,\n3,NEW,{cell},B,3,4,,,\n"
    assert replayed(log) == (
        f"{PRINTED}1,ACCEPTED,{cell},,B,3,4,4,\n2,CANCELLED,{cell},,B,3,4,0,user\n"
        f"3,ACCEPTED,{cell},,B,3,4,4,\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "2,NEW,b,B,3,4,,\n",
        "2,NEW,b,B,3,4,,,,\n",
        "x,NEW,b,B,3,4,,,\n",
        ",NEW,b,B,3,4,,,\n",
        "1,NEW,b,B,3,4,,,\n",
        "0,NEW,b,B,3,4,,,\n",
        "2,BUY,b,B,3,4,,,\n",
        "2,new,b,B,3,4,,,\n",
        "2,,b,B,3,4,,,\n",
        "2,NEW,,B,3,4,,,\n",
        "2,NEW,b,,3,4,,,\n",
        "2,NEW,b,X,3,4,,,\n",
        "2,NEW,b,B,3.5,4,,,\n",
        "2,NEW,b,B,1e3,4,,,\n",
        "2,NEW,b,B,1_0,4,,,\n",
        "2,NEW,b,B,+1,4,,,\n",
        "2,NEW,b,B, 1,4,,,\n",
        "2,NEW,b,B,１,4,,,\n",
        "2,NEW,b,B,-,4,,,\n",
        f"2,NEW,b,B,{'9' * 5000},4,,,\n",
        "2,NEW,b,B,3,x,,,\n",
        "2,NEW,b,B,3,4,DAY,,\n",
        "2,CANCEL,,,,,,,\n",
        "2,CANCEL,a,,x,,,,\n",
        "2,REPLACE,,,3,4,,,\n",
        "2,PHASE,,,,,,,\n",
        "2,PHASE,,,,,,,open\n",
        '2,NEW,"b"x,B,3,4,,,\n',
        '2,NEW,"b,B,3,4,,,\n',
        "2,NEW,b\rc,B,3,4,,,\n",
    ],
)
def test_a_malformed_line_stops_the_run_after_the_lines_before_it(line: str) -> None:
    matcher = Matcher()
    good = HEADER + GOOD
    with pytest.raises(MalformedLineError) as caught:
        replayed(good + line + "3,CANCEL,a,,,,,,\n", matcher=matcher)
    assert caught.value.line == 3
    assert matcher.open_quantity("a") == 4
    assert printed_before_stopping(good + line + "3,CANCEL,a,,,,,,\n") == GOOD_PRINTED


def test_bytes_that_are_not_utf_8_stop_the_run_at_their_line() -> None:
    log = (HEADER + GOOD).encode() + b"2,NEW,\xff,B,3,4,,,\n3,CANCEL,a,,,,,,\n"
    with pytest.raises(MalformedLineError, match="not UTF-8") as caught:
        replayed(log)
    assert caught.value.line == 3
    assert printed_before_stopping(log) == GOOD_PRINTED


@pytest.mark.parametrize(
    "header",
    [
        "",
        "\n",
        "seq,command\n",
        HEADER.replace("price", "prize"),
        HEADER.replace("phase", "seq"),
        'seq,"command\n',
    ],
)
def test_a_malformed_header_stops_the_run_before_anything_is_printed(header: str) -> None:
    with pytest.raises(MalformedLineError) as caught:
        replayed(header + GOOD)
    assert caught.value.line == 1
    assert not printed_before_stopping(header + GOOD)


def test_the_line_number_is_right_far_into_a_log() -> None:
    lines = [f"{seq},CANCEL,a,,,,,,\n" for seq in range(1, BLOCK_BYTES // 8)]
    with pytest.raises(MalformedLineError) as caught:
        replayed(HEADER + "".join(lines) + "x\n")
    assert caught.value.line == len(lines) + 2


def test_a_quote_far_into_a_log_is_read_from_there_on() -> None:
    lines = [f"{seq},CANCEL,a,,,,,,\n" for seq in range(1, BLOCK_BYTES // 8)]
    lines += [f'{seq + len(lines)},CANCEL,"a",,,,,,\n' for seq in range(1, BLOCK_BYTES // 8)]
    assert replayed(HEADER + "".join(lines)).count("\n") == len(lines) + 1
    with pytest.raises(MalformedLineError) as caught:
        replayed(HEADER + "".join(lines) + "x\n")
    assert caught.value.line == len(lines) + 2


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(MalformedLineError, match="longer than"):
        replayed(HEADER + "1" * (LINE_BYTES_MAX * 2))
