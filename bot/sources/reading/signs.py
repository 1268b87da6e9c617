"""The words by which pages announce who signed an article, in two languages and two scripts."""

import re

# part of the byline → the words that announce it; where one holds another the longer one counts
LABELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("credit", (
        "文章来源", "信息来源", "新闻来源", "稿件来源", "内容来源", "消息来源", "来源", "来 源", "稿源",
        "转载自", "转自", "转载", "来自", "source", "via",
    )),
    ("editor", (
        "责任编辑", "值班编辑", "网络编辑", "本文编辑", "本期编辑", "文字编辑", "本网编辑", "责任编缉", "责编",
        "编辑", "编 辑", "责 编", "responsible editor", "editor", "edited by",
    )),
    ("author", (
        "文章作者", "作者", "作 者", "本报记者", "本网记者", "本台记者", "本刊记者", "特约记者", "见习记者",
        "实习记者", "记者", "通讯员", "撰文", "撰稿人", "撰稿", "供稿", "采写", "图文", "文图", "文", "author",
        "reporter", "written by", "words by", "reported by", "story by", "posted by",
    )),
    # named so that their values are nobody's: a photographer, a proof-reader, a typist
    ("", (
        "图片来源", "数据来源", "资料来源", "审核", "审稿", "校对", "初审", "复审", "终审", "二审", "三审",
        "监制", "排版", "录入", "发布单位", "发布机构", "主编", "摄影", "图", "发布者", "发布人", "签发",
        "统筹", "策划", "设计", "剪辑", "视频", "来源地址", "原标题", "栏目", "分类", "浏览次数", "浏览量",
        "浏览", "阅读次数", "阅读量", "阅读", "点击次数", "点击数", "点击量", "点击", "访问量", "字号", "字体",
        "索引号", "主题分类", "文号", "有效性", "photo", "photos", "photography", "picture by", "views",
    )),
)  # fmt: skip
PARTS = {word: part for part, words in LABELS for word in words}
# What a label of a time looks like.
TIME_LABEL = (
    r"发布时间|发布日期|发表时间|发表日期|发表于|发布于|更新时间|更新日期|更新于|最后更新|日期"
    r"|时间|发稿时间|发文日期|成文日期|公开日期|创建时间|编辑时间|上传时间|录入时间|发布|更新|北京时间|修改"
)
# Labels as the table has them, for pages in traditional characters.
SIMPLE = str.maketrans("來責編輯記發佈時間稿員訊轉載圖撰", "来责编辑记发布时间稿员讯转载图撰")
TRADITIONAL = re.compile(
    r"(?:文章|資料|圖片|新聞)?來源|責任編輯|責編|編輯|(?:本報|特約)?記者|通訊員|發[布佈]時間"
    r"|發[布佈]日期|更新時間|發表時間|時間|轉載自|轉自|撰稿"
)
