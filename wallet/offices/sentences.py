"""A carrier's console in words: states, kinds of breaks, refusals."""

from django.utils.translation import gettext_lazy as _

from wallet.carriers.models import Break, Instruction

SENTENCES = {
    "office_role": _("您的角色只能查看，不能代表运营商答复。"),
    "break_settled": _("这处差异已经核清。"),
    "bad_break_answer": _("请用 1 到 500 个字答复。"),
    "usage_file_too_long": _("一次最多上传 8 MB；更长的文件请分成几份。"),
    "bad_file_name": _("文件名要有 1 到 255 个能显示的字。"),
    "not_a_usage_file": _("这不是使用量文件：第一行要写列名。"),
}
STATES = {
    Instruction.State.CREATED: _("待发送"),
    Instruction.State.SUBMITTED: _("已发送"),
    Instruction.State.PROCESSING: _("处理中"),
    Instruction.State.DELIVERED: _("已送达"),
    Instruction.State.FAILED: _("失败"),
    Instruction.State.UNKNOWN: _("结果未知"),
}
KINDS_ASKED = {
    Instruction.Kind.SUBMIT: _("发流量"),
    Instruction.Kind.DEDUCT: _("扣减"),
    Instruction.Kind.RESTORE: _("恢复"),
}
BREAKS = {
    Break.Kind.FINAL_USAGE_CHANGED: _("最终使用量被改动"),
    Break.Kind.DELIVERED_AFTER_REFUND: _("退款之后又列为送达"),
    Break.Kind.LISTED_TWICE: _("重复列出"),
    Break.Kind.NOT_LISTED: _("答复送达而日账未列"),
    Break.Kind.UNKNOWN_REFERENCE: _("日账里有我方没有的编号"),
    Break.Kind.AMOUNT_DIFFERS: _("数量不一致"),
    Break.Kind.UNDECIDED: _("48 小时没有结果"),
}
# What is wrong with a line of a usage file: the English ones are what its reader says.
BAD_LINES = (
    _("应有 {due} 列，只有 {there} 列"),
    _("运营商 {carrier} 不认识，或者不是贵方"),
    _("kind {kind} 不认识"),
    _("package 要是 1 到 32 个 a-z、0-9、_ 和 -"),
    _("province 最多 {most} 个字，不能有点号"),
    _("final 只能是 0 或 1"),
    _("这一行超过 {most} 字节"),
    _("这一行不是 UTF-8"),
    _("引号不成对"),
    _("msisdn 不是大陆手机号码"),
    _("month 要写成 2026-11 这样"),
    _("{column} 要是整数 MB，不能小于 0"),
    _("{column} 超过了 {most} MB"),
    _("as_of 要是日期或时间，写成 2026-11-30T23:59:59+08:00 这样"),
)
