"""The lines of `why` in plain words, in Chinese and in English."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from bot.model.decision import Verb
from bot.model.delivery import Act
from bot.rules.why import Line, What

_ACTS = {
    None: ("", ""),
    Act.POST: ("发布", "the post"),
    Act.EDIT: ("修改", "the edit"),
    Act.DELETE: ("撤回", "the deletion"),
}
# {who}, {why} (behind a colon, where there is one), {act}, {revision}, {number}, {until}.
_WORDS = {
    Verb.PICKED_UP: ("收到稿件{why}", "It was picked up{why}"),
    Verb.REVISED: ("来源改稿，成为第 {revision} 版{why}", "Its newsroom changed it: revision {revision}{why}"),
    Verb.JOINED: ("是转载，并入原稿{why}", "It is a reprint and joined the story it repeats{why}"),
    Verb.LEFT: ("新版不再是转载{why}", "Its new revision is a reprint no longer{why}"),
    Verb.ROUTED: ("第 {revision} 版发往这个频道{why}", "Revision {revision} goes here{why}"),
    Verb.NOT_ROUTED: ("第 {revision} 版不发这个频道{why}", "Revision {revision} does not go here{why}"),
    Verb.PLANNED: ("排入发稿计划{why}", "It was planned{why}"),
    Verb.SUPERSEDED: ("被新版代替{why}", "A newer revision took its place{why}"),
    Verb.HELD: ("{who} 压稿{why}", "{who} held it{why}"),
    Verb.RELEASED: ("{who} 放行{why}", "{who} released it{why}"),
    Verb.CANCELLED: ("{who} 取消{why}", "{who} cancelled it{why}"),
    Verb.SENT: ("{who} 记为已发出{why}", "{who} recorded it as sent{why}"),
    Verb.RETRIED: ("{who} 安排重发{why}", "{who} planned it again{why}"),
    Verb.FAILED: ("{who} 记为失败{why}", "{who} recorded a failure{why}"),
    Verb.UNCERTAIN: ("{who} 记为存疑{why}", "{who} could not know whether it is out{why}"),
    Verb.PAUSED: ("频道暂停，{who} 压稿{why}", "{who} held it with its channel{why}"),
    Verb.WITHDRAWN: ("{who} 撤稿{why}", "{who} withdrew it{why}"),
    Verb.APPROVED: ("{who} 签发{why}", "{who} approved it{why}"),
    Verb.REJECTED: ("{who} 退稿{why}", "{who} rejected it{why}"),
    Verb.SCHEDULED: ("{who} 定时{why}", "{who} scheduled it{why}"),
    Verb.EMBARGOED: ("{who} 设禁发时间{why}", "{who} put it under embargo{why}"),
    Verb.HURRIED: ("{who} 列为突发{why}", "{who} called it breaking{why}"),
    Verb.SKIPPED: ("{who} 不让发这个频道{why}", "{who} keeps it from this channel{why}"),
    Verb.ADDED: ("{who} 加发这个频道{why}", "{who} sends it to this channel{why}"),
    Verb.REORDERED: ("{who} 调整了次序{why}", "{who} changed its place in the queue{why}"),
    Verb.WORDED: ("{who} 改写了文案{why}", "{who} gave it other words{why}"),
    Verb.PICTURED: ("{who} 换了配图{why}", "{who} gave it another picture{why}"),
    Verb.PINNED: ("{who} 置顶{why}", "{who} pinned it{why}"),
    Verb.UNPINNED: ("{who} 取消置顶{why}", "{who} unpinned it{why}"),
    Verb.CORRECTED: ("{who} 改了已发的{why}", "{who} followed up what is out{why}"),
    Verb.SEEN: ("{who} 已知悉改不了的内容{why}", "{who} knows what could not be corrected{why}"),
    Verb.UNDONE: ("{who} 收回前一步{why}", "{who} took a step back{why}"),
    Verb.ASKED: ("{who} 问投稿人{why}", "{who} asked who sent it in{why}"),
    Verb.ANSWERED: ("投稿人 {who} 答复{why}", "{who}, who sent it in, answered{why}"),
    Verb.TOLD: ("编入速览{why}", "A digest tells it{why}"),
    Verb.INVITED: ("{who} 邀请{why}", "{who} invited somebody{why}"),
    Verb.ADMITTED: ("{who} 加入{why}", "{who} was admitted{why}"),
    Verb.REMOVED: ("{who} 移出{why}", "{who} removed somebody{why}"),
    Verb.BANNED: ("{who} 封禁读者{why}", "{who} banned a reader{why}"),
    Verb.UNBANNED: ("{who} 解封读者{why}", "{who} let a reader back in{why}"),
    Verb.FORGOTTEN: ("{who} 删除读者资料{why}", "{who} had a reader forgotten{why}"),
    Verb.IMPORTED: ("{who} 导入读者{why}", "{who} imported readers{why}"),
    Verb.EXPORTED: ("{who} 导出读者{why}", "{who} exported readers{why}"),
    What.REPRINT: ("它与 #{number} 是同一篇，只发 #{number}", "It is the same story as #{number}, told instead"),
    What.TRIED_SENT: ("第 {number} 次{act}：成功{why}", "Attempt {number} at {act}: sent{why}"),
    What.TRIED_REFUSED: ("第 {number} 次{act}：平台拒绝{why}", "Attempt {number} at {act}: refused{why}"),
    What.TRIED_UNAVAILABLE: ("第 {number} 次{act}：平台暂时不收{why}", "Attempt {number} at {act}: not taken now{why}"),
    What.TRIED_UNCERTAIN: ("第 {number} 次{act}：不知是否发出{why}", "Attempt {number} at {act}: it may be out{why}"),
    What.TRIED_INTERRUPTED: ("第 {number} 次{act}：中断{why}", "Attempt {number} at {act}: interrupted{why}"),
    What.TRIED_OPEN: ("第 {number} 次{act}：正在进行", "Attempt {number} at {act}: under way"),
    What.TRIED_FOLDED: ("共试 {number} 次，细节已归入每日统计", "Tried {number} times; now a daily figure"),
    What.PROOF: ("{act}的凭据{why}", "The platform's proof of {act}{why}"),
    What.NOW_COMPOSING: ("现在：等编排", "Now: it waits to be composed"),
    What.NOW_NOWHERE: ("现在：没有频道要发", "Now: no channel takes it"),
    What.NOW_PLANNED: ("现在：等到 {until} {act}{why}", "Now: {act} waits until {until}{why}"),
    What.NOW_DUE: ("现在：{act}已到时间，等前面的发完{why}", "Now: {act} is due and waits for its turn{why}"),
    What.NOW_HELD: ("现在：{act}压着，等编辑放行{why}", "Now: {act} is held until an editor releases it{why}"),
    What.NOW_SENDING: ("现在：正在{act}，最迟 {until} 见分晓", "Now: {act} is being sent, until {until} at most"),
    What.NOW_SENT: ("现在：{act}已完成{why}", "Now: {act} is done{why}"),
    What.NOW_UNCERTAIN: ("现在：{act}存疑，等核实{why}", "Now: {act} may be out; somebody has to look{why}"),
    What.NOW_FAILED: ("现在：{act}失败，编辑可以重发{why}", "Now: {act} failed; an editor may retry it{why}"),
    What.NOW_CANCELLED: ("现在：{act}已取消{why}", "Now: {act} is cancelled{why}"),
}  # fmt: skip
_ROOMS = {
    "dispatch": "发稿", "routing": "路由", "pickup": "采集", "compose": "编排", "follow": "跟进", "press": "排版",
    "sweep": "巡查", "catching up": "补报", "command line": "命令行",
}  # fmt: skip


def sentence(line: Line, language: str, zone: tzinfo, reason: Callable[[str], str] = str) -> str:
    """One line without its time; `reason` puts the house's own reasons into the reader's language."""
    chinese = language == "zh"
    pick = 0 if chinese else 1
    why = reason(line.why)
    said = _WORDS[line.what][pick].format(
        who=_ROOMS.get(line.who, line.who) if chinese else line.who,
        why=f"{'：' if chinese else ': '}{why}" if why else "",
        act=_ACTS[line.act][pick],
        revision=line.revision,
        number=line.number,
        until=line.until.astimezone(zone).strftime("%m-%d %H:%M") if line.until else "",
    )
    return said[:1].upper() + said[1:]


def clock(at: datetime, zone: tzinfo) -> str:
    """A time as the newsroom reads it."""
    return at.astimezone(zone).strftime("%m-%d %H:%M:%S")
