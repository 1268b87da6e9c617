"""The house's own reasons, kept in English in the ledger, in the words of a Chinese newsroom."""

import re

# What the rules, dispatch and the ledger write down; what a platform or an editor wrote stays as it is.
_CHINESE = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"no reason given", "没有写明原因"),
        (r"needs the approval of an editor: (.+)", "待编辑签发：{}"),
        (r"needs the approval of another editor: (.+)", "待另一位编辑签发：{}"),
        (r"needs the approval of (\d+) editors: (.+)", "待 {} 位编辑签发：{}"),
        (r"(section [^;]+|source [^;]+|the word [^;]+|every story does); (.+)", "{}；{}"),
        (r"section (\S+)", "栏目{}"),
        (r"source (\S+)", "稿源{}"),
        (r"the word “(.+)”", "含“{}”"),
        (r"every story does", "所有稿件都要签发"),
        (r"rejected: (.+)", "已退稿：{}"),
        (r"embargoed until (.+)", "限时，{} 之后才发"),
        (r"skipped by ([^:]+): (.*)", "{} 决定不发：{}"),
        (r"added by ([^:]+): (.*)", "{} 决定加发：{}"),
        (r"a typo is not worth a second post", "错字不值得再发一条"),
        (r"(\S+) refuses to pin it: (.+)", "{} 不让置顶：{}"),
        (r"(\S+) refuses to unpin it: (.+)", "{} 不让取消置顶：{}"),
        (r"the editor's words do not fit any more: (.+)", "编辑写的文字放不下了：{}"),
        (r"revision (\d+) is told in the words of (.+), written before it", "第 {} 版沿用 {} 在此之前写的文字"),
        (r"revision (\d+) of its source takes the place of the desk's correction", "稿源的第 {} 版代替了发稿台的更正"),
        (r"approved already by (.+)", "{}已经签发"),
        (r"you have approved it: it takes another editor", "您已签发，还需另一位编辑"),
        (r"it is (rejected: .+) already", "{}，不必再退"),
        (r"it is going already: (.+) said now", "{}已要求速发，正在发出"),
        (r"you have said so: it takes another editor", "您已要求速发，还需另一位编辑"),
        (r"it is (\w+): only what is planned has a turn", "现在是{}，只有待发的才能调序"),
        (r"it is the first already", "已经排在最前"),
        (r"it is the last already", "已经排在最后"),
        (r"there is no order of yours that can be taken back", "您没有可以撤销的操作"),
        (r"your last order, (.+), has been taken back already", "您上一步操作（{}）已经撤销过了"),
        (r"your last order, (.+), is older than a minute", "您上一步操作（{}）已超过一分钟，不能撤销"),
        (r"(\S+) cannot be taken back: what it moved has gone on since", "{} 不能撤销：之后已有新的进展"),
        (r"(\d+) of (\d+) could not be taken back: they have gone on since", "{}/{} 项不能撤销：之后已有新的进展"),
        (r"out already on (.+): correct it there", "已在 {} 发出，那里请用更正"),
        (r"its end is past", "结束时间已过"),
        (r"it is not pinned", "没有置顶"),
        (r"no channel (\S+): known are (.+)", "没有频道 {}，现有 {}"),
        (r"write a headline, a summary or hashtags", "请写标题、摘要或话题"),
        (r"write a headline", "请写标题"),
        (r"(\S+) cannot pin: these can: (.+)", "{} 不能置顶，可以置顶的有 {}"),
        (r"it goes to no channel that can pin", "它所去的频道都不能置顶"),
        (r"“(.+)” does not stand in the article", "原稿里没有“{}”"),
        (r"say what reads how: old → new", "请写：原文 → 改成"),
        (r"say what is corrected", "请写明更正什么"),
        (r"(\S+): (\d+) (.+) with these words, the limit is (\d+)", "{}：这样写有 {} {}，上限 {}"),
        (r"or (\d\d:\d\d)", "也可能是 {}"),
        (r"no (?:hour|time) was given: ([\d:]+)", "没写钟点，按 {} 算"),
        (r"the end of that day is meant, not its beginning", "指当天结束时的零点"),
        (r"or (\S+), the coming one", "也可能指最近的一天 {}"),
        (r"or (\S+), the month first", "也可能是先写月份：{}"),
        (r"the clocks jump over the time that was written", "调夏令时，这个时刻不存在"),
        (r"or an hour later: the clocks show (\S+) twice that day", "也可能晚一小时：当天 {} 出现两次"),
        (r"the channel is paused: (.+)", "频道已暂停：{}"),
        (r"paused\. (.+)", "频道已暂停：{}"),
        (r"the channel is resumed", "频道已恢复"),
        (r"its token ends on (.+) UTC\. (.+)", "访问口令于 {}（UTC）到期：{}"),
        (r"(.+): run `([^`]+)`", "{}，请运行 `{}`"),
        (r"(.+) complained of the mail of #(\d+): (.+)", "{} 投诉了 #{} 的邮件：{}"),
        (r"the mail of #(\d+) cannot reach (.+?): (.+)", "#{} 的邮件送不到 {}：{}"),
        (r"a reader who is not named", "一位未具名的读者"),
        (r"returned mail cannot be read: (.+)", "退信邮箱读不了：{}"),
        (r"it did not arrive: (.+)", "没有送达：{}"),
        (r"the token ends and cannot be renewed", "口令即将失效，平台不支持续期"),
        (r"the token is dead", "口令已失效"),
        (r"the Page's token is dead", "主页口令已失效"),
        (r"not connected yet", "帐号尚未连接"),
        (r"the platform does not take the token any more", "平台不再接受该口令"),
        (r"the platform gives no token \((.+)\)", "平台没有给出口令（{}）"),
        (
            r"the story is (.+) old, the limit is (.+): an editor releases it",
            "稿件是 {}前的，超过 {}的时限，等编辑放行",
        ),
        (
            r"the story is (.+) old, the limit is (.+): this channel drops what is late",
            "稿件是 {}前的，超过 {}的时限，该频道不发迟到的稿件",
        ),
        (r"waits until (\d\d:\d\d): quiet hours (\S+)", "等到 {} 再发：{} 为静默时段"),
        (r"waits until (\d\d:\d\d): (a minute|\d+ minutes) between two posts", "等到 {} 再发：两条之间至少间隔 {}"),
        (r"waits until (\d\d:\d\d): one post a day", "等到 {} 再发：每天最多 1 条"),
        (r"waits until (\d\d:\d\d): (\d+) posts a day", "等到 {} 再发：每天最多 {} 条"),
        (
            r"does not answer, its deliveries wait and one tries again now and then\. (.+)",
            "频道没有回应，待发内容先等着，隔一阵会试发一条：{}",
        ),
        (r"answers again", "频道恢复正常"),
        (r"a minute", "1 分钟"),
        (r"(\d+) minutes", "{} 分钟"),
        (r"(\d+) hours", "{} 小时"),
        (r"(\d+) days", "{} 天"),
        (r"superseded by revision (\d+)", "已由第 {} 版代替"),
        (r"superseded by revision (\d+): (.+)", "已由第 {} 版代替：{}"),
        (r"submitted by (.+): an editor decides", "{} 投稿，等编辑决定"),
        (r"(.+) in Ghost: an editor decides", "Ghost 那边{}，等编辑决定"),
        (r"unpublished", "已撤下"),
        (r"deleted", "已删除"),
        (r"no longer published in WordPress: an editor decides", "WordPress 那边已不再发表，等编辑决定"),
        (r"withdrawn by its newsroom(?:: (.+))?: an editor decides", "原编辑部已撤回，等编辑决定"),
        (r"nothing is out", "还没有发出过，无从更正"),
        (r"a correction of what is out", "更正已发内容"),
        (r"stays withdrawn", "已撤回，不再跟进"),
        (r"withdrawn: (.+)", "已撤回：{}"),
        (r"withdrawn", "已撤回"),
        (r"withdrawn, but it stays out on (.+)", "已撤回，但在 {} 上撤不下来，请到平台处理"),
        (r"first post", "首发"),
        (r"recomposed", "按新版重新编排"),
        (r"what is out follows the story", "已发内容随新版更正"),
        (r"revision (\d+) cannot reach (.+)", "第 {} 版改不了已发在 {} 的内容，请到平台处理"),
        (r"what is out stays as it is: this platform cannot edit", "该平台不能修改，已发内容保持原样"),
        (r"stays cancelled: (.+)", "之前已取消：{}"),
        (r"no route names this channel", "没有路由用到这个频道"),
        (r"(route \d+ wants [^;]+; the story has [^;]+); (.+)", "{}；{}"),
        (r"route (\d+) wants (\w+) ([^;]+); the story has ([^;]+)", "路由 {} 要求{}为 {}，本稿为 {}"),
        (r"language", "语言"),
        (r"source", "来源"),
        (r"section", "栏目"),
        (r"tag", "标签"),
        (r"none", "空"),
        (r"(\S+) or (.+)", "{} 或 {}"),
        (r"failed: (.+)", "发送失败：{}"),
        (r"uncertain, it may be out: (.+)", "可能已经发出，请到频道核实：{}"),
        (r"not sent: (.+)", "没有发出：{}"),
        (r"the daemon was stopped while sending", "发送途中程序被停止"),
        (r"the daemon died while sending", "发送途中程序意外中断"),
        (r"no outcome within the lease", "发送超时，没有结果"),
        (r"no answer within the time of one send", "发送超时，平台没有回应"),
        (r"(.+), and its channel is no longer in the settings", "{}；该频道已不在设置里"),
        (r"this channel cannot (edit|delete)", "该频道不支持{}"),
        (r"edit", "修改"),
        (r"delete", "撤回"),
        (r"not out (\d+) minutes after its time", "过了时间 {} 分钟还没有发出"),
        (r"nothing new for (\d+) hours, longer than usual", "已经 {} 小时没有新稿，比平时久"),
        (r"the disk is nearly full: (.+) left in the queue's folder", "磁盘快满了：queue 文件夹所在盘只剩 {}"),
        (r"everything was stopped: (.+)", "全部停发：{}"),
        (r"the source is resumed", "稿源已恢复"),
        (r"seen on the channel", "编辑已在频道看到"),
        (r"not seen on the channel", "编辑在频道没看到"),
        (
            r"(\d+) old or undated entries came at once.+; the oldest is (.+), the newest (.+); an editor .+",
            "一次来了 {} 条旧的或没有日期的稿件，像是网站搬了家，已压稿；最早的是{}，最新的是{}，等编辑全部放行或放弃",
        ),
        (
            r"one of many old entries at once: an editor lets them all go or drops them",
            "一次来的许多旧稿之一，等编辑决定",
        ),
        (r"let go by an editor: its page is read first", "编辑已放行，先读它的网页"),
        (r"(“.+”) was let go, and its page could not be read", "{}已放行，但它的网页读不出来"),
        (r"no such template", "没有这个模板"),
        (r"(.+) goes to (\S+) without the model: (.+)", "{} 发往 {} 时没有用模型：{}"),
        (r"not in the article: (.+)", "原稿里没有：{}"),
        (r"(.+): the template as it was stays in force", "{}：仍用改动前的模板"),
    )
)


def worded(reason: str, language: str) -> str:
    """The reason in the reader's language, as far as the house wrote it."""
    return _chinese(reason) if language == "zh" else reason


def _chinese(text: str) -> str:
    if (said := _known(text)) is not None:
        return said
    # "#12 some headline: the reason": the longest end of the text that is a reason of the house.
    for colon in re.finditer(": ", text):
        if (said := _known(text[colon.end() :])) is not None:
            return f"{text[: colon.start()]}：{said}"
    return text


def _known(text: str) -> str | None:
    for pattern, words in _CHINESE:
        if match := pattern.fullmatch(text):
            return words.format(*map(_chinese, match.groups()))
    return None
