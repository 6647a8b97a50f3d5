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
