"""Feeds of every form, well made or broken, become entries; an entry becomes an article with its parts named."""

import contextlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SourceUnreadable
from bot.model.story import Article, BlockKind, Picture
from bot.sources.reading.feeds import Entry, Feed, read_feed

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SHARED = Path(__file__).resolve().parents[4] / "shared" / "feeds"
URL = "https://news.example.org/feeds/all.xml"

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)
BODY = (
    "<p>河湾市图书馆周二恢复夜间开放，阅览室每天开到晚上十点。</p><h2>预约</h2><p>读者凭借书证入馆，无须预约。</p>"
    "<blockquote>灯亮着，就有人来读书。</blockquote><ul><li>一楼：报刊</li><li>二楼：地方志</li></ul>"
    '<figure><img src="/i/hall.jpg" alt="阅览室"><figcaption>周二晚的阅览室</figcaption></figure>'
    "<table><tr><td>周二</td><td>22:00</td></tr><tr><td>周六</td><td>18:00</td></tr></table>"
)


def rss(items: str, head: str = "<link>https://news.example.org/</link>") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {SPACES}><channel><title>河湾日报</title>{head}'
        f"{items}</channel></rss>"
    ).encode()


def feed(data: bytes | str, declared: str | None = None, url: str | None = URL) -> Feed:
    data = data.encode() if isinstance(data, str) else data
    return read_feed("river", data, url=url, declared=declared, zone=ZONE, now=NOW)


def entry(inner: str) -> Entry:
    (only,) = feed(rss(f"<item>{inner}</item>")).entries
    return only


def article(inner: str) -> Article:
    return entry(inner).article


FORMS = {
    "RSS 0.91": """<?xml version="1.0"?>
        <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "https://example.org/rss-0.91.dtd">
        <rss version="0.91"><channel><title>Riverbend Daily</title><link>https://example.org/</link>
        <item><title>Ferry runs late</title><link>https://example.org/ferry</link></item></channel></rss>""",
    "RSS 0.90": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Riverbend Daily</title></channel>
        <item><title>Ferry runs late</title><link>https://example.org/ferry</link></item></rdf:RDF>""",
    "RSS 1.0": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
        <channel rdf:about="https://example.org/"><title>Riverbend Daily</title></channel>
        <item rdf:about="https://example.org/ferry"><title>Ferry runs late</title></item></rdf:RDF>""",
    "RSS 2.0": """<rss version="2.0"><channel><title>Riverbend Daily</title>
        <item><title>Ferry runs late</title><guid>https://example.org/ferry</guid></item></channel></rss>""",
    "Atom 0.3": """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Riverbend Daily</title><entry>
        <title>Ferry runs late</title><link rel="alternate" href="https://example.org/ferry"/></entry></feed>""",
    "Atom 1.0": """<feed xmlns="http://www.w3.org/2005/Atom"><title>Riverbend Daily</title><entry>
        <title>Ferry runs late</title><link rel="self" href="https://example.org/api/1"/>
        <link href="https://example.org/ferry"/></entry></feed>""",
    "Atom with a prefix": """<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Riverbend Daily</a:title><a:entry>
        <a:title>Ferry runs late</a:title><a:link href="https://example.org/ferry"/></a:entry></a:feed>""",
    "JSON Feed": """{"version": "https://jsonfeed.org/version/1.1", "title": "Riverbend Daily", "items": [
        {"id": "1", "title": "Ferry runs late", "url": "https://example.org/ferry"}]}""",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_form_of_feed_is_read(text: str) -> None:
    read = feed(text)
    assert read.title == "Riverbend Daily"
    assert [(one.article.headline, one.article.link) for one in read.entries] == [
        ("Ferry runs late", "https://example.org/ferry")
    ]


def test_an_entry_becomes_an_article_with_its_parts_named() -> None:
    read = article(
        "<title>图书馆夜间开放</title><link>https://news.example.org/a/7.html</link><guid isPermaLink='false'>a7</guid>"
        "<pubDate>Tue, 24 Nov 2026 15:30:00 +0800</pubDate><atom:updated>2026-11-24T07:45:00Z</atom:updated>"
        "<dc:creator>林一帆</dc:creator><source url='https://s.example.org/'>河湾新闻社</source>"
        "<category>文化</category><category>图书馆</category><description>今起每晚开到十点。</description>"
        f"<content:encoded><![CDATA[{BODY}]]></content:encoded>"
    )
    assert (read.headline, read.guid, read.link) == ("图书馆夜间开放", "a7", "https://news.example.org/a/7.html")
    assert read.byline.published == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    assert read.byline.updated == datetime(2026, 11, 24, 7, 45, tzinfo=UTC)
    assert (read.byline.author, read.byline.credit, read.byline.editor) == ("林一帆", "河湾新闻社", None)
    assert (read.tags, read.lead, read.language) == (("文化", "图书馆"), "今起每晚开到十点。", "zh")
    assert [block.kind for block in read.blocks] == [
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.QUOTE,
        BlockKind.LIST,
        BlockKind.PICTURE,
        BlockKind.TABLE,
    ]
    assert read.picture == Picture("https://news.example.org/i/hall.jpg", "阅览室", "周二晚的阅览室")
    assert read.blocks[4].items == ("一楼：报刊", "二楼：地方志")
    assert read.blocks[6].rows == (("周二", "22:00"), ("周六", "18:00"))


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Bread &amp;amp; circus", "Bread & circus"),
        ("Bread &amp; circus", "Bread & circus"),
        ("<![CDATA[Bread & circus]]>", "Bread & circus"),
        ("Bread & circus", "Bread & circus"),
        ("&lt;b&gt;Ferry&lt;/b&gt; late", "Ferry late"),
        ("<b>Ferry</b> late", "Ferry late"),
        ("Caf&eacute;&nbsp;opens", "Café opens"),
        ("Caf&#233; &#8211; open", "Café – open"),
        ("Caf&#233; &#150; open", "Café – open"),
        ("Ferry \u202eetal\u202c runs", "Ferry etal runs"),
        ("Ferry\x00 late", "Ferry late"),
        ("Ferry &#0;&#xFFFE;&#xD800;late", "Ferry late"),
        ("5 &lt; 7 in Riverbend", "5 < 7 in Riverbend"),
        ("&unknown; words", "&unknown; words"),
    ],
)
def test_a_headline_is_plain_text(title: str, headline: str) -> None:
    assert article(f"<title>{title}</title>").headline == headline


@pytest.mark.parametrize(
    ("inner", "link"),
    [
        ("<link>/a/7.html</link>", "https://news.example.org/a/7.html"),
        ("<link>//m.example.org/7</link>", "https://m.example.org/7"),
        ("<link>\n https://example.org/7 \n</link>", "https://example.org/7"),
        ("<link>https://example.org/?a=1&b=2</link>", "https://example.org/?a=1&b=2"),
        ("<link>https://example.org/?a=1&amp;amp;copy=2</link>", "https://example.org/?a=1&copy=2"),
        ("<link><![CDATA[https://example.org/?a=1&copy=2]]></link>", "https://example.org/?a=1&copy=2"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>data:text/html,x</link><guid>https://example.org/7</guid>", "https://example.org/7"),
        ("<guid isPermaLink='false'>https://example.org/7</guid>", None),
        ("<link/><atom:link href='https://example.org/7'/>", "https://example.org/7"),
        ("<link>https://河湾.example.org/新闻</link>", "https://河湾.example.org/新闻"),
    ],
)
def test_a_link_is_a_whole_web_address_or_none(inner: str, link: str | None) -> None:
    assert article(f"<title>Ferry</title>{inner}").link == link


def test_a_link_is_resolved_against_the_nearest_base() -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/news/"><entry xml:base="2026/">
        <title>Ferry</title><link href="7.html"/><content type="html">&lt;img src="7.jpg"&gt;</content></entry>
        </feed>"""
    (only,) = feed(text).entries
    assert only.article.link == "https://example.org/news/2026/7.html"
    assert only.article.picture == Picture("https://example.org/news/2026/7.jpg")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Tue, 24 Nov 2026 15:30:00 +0800", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("Tue, 24 Nov 26 07:30:00 UT", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 15:30:00 CST", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("2026-11-24 15:30:00", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("2026-11-24T07:30:00.123Z", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("2026年11月24日 15:30", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0000-00-00 00:00:00", None),
        ("Tue, 31 Feb 2026 07:30:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_is_read_in_the_sources_zone_and_never_invented(written: str, at: datetime | None) -> None:
    assert article(f"<title>Ferry</title><pubDate>{written}</pubDate>").byline.published == at


@pytest.mark.parametrize(
    ("inner", "author"),
    [
        ("<author>desk@example.org (Lin Yifan)</author>", "Lin Yifan"),
        ("<author>Lin Yifan &lt;desk@example.org&gt;</author>", "Lin Yifan"),
        ("<author>desk@example.org</author>", None),
        ("<dc:creator>By Lin Yifan</dc:creator>", "Lin Yifan"),
        ("<dc:creator>Lin</dc:creator><dc:creator>Zhou</dc:creator>", "Lin, Zhou"),
        ("<atom:author><atom:name>林一帆</atom:name></atom:author>", "林一帆"),
        ("<author/>", None),
    ],
)
def test_an_author_is_a_name_without_an_address(inner: str, author: str | None) -> None:
    assert article(f"<title>Ferry</title>{inner}").byline.author == author


@pytest.mark.parametrize(
    ("inner", "picture"),
    [
        ("<enclosure url='/e.jpg' type='image/jpeg' length='9'/>", Picture("https://news.example.org/e.jpg")),
        ("<enclosure url='/e.mp3' type='audio/mpeg' length='9'/>", None),
        ("<itunes:image href='https://example.org/i.png'/>", Picture("https://example.org/i.png")),
        ("<media:thumbnail url='https://example.org/t.png'/>", Picture("https://example.org/t.png")),
        (
            """<media:thumbnail url='https://example.org/t.png'/>
            <media:group><media:content url='https://example.org/s.jpg' width='300'/>
            <media:content url='https://example.org/l.jpg' width='900'>
            <media:description>The &lt;b&gt;ferry&lt;/b&gt;</media:description></media:content></media:group>""",
            Picture("https://example.org/l.jpg", caption="The ferry"),
        ),
        (
            "<description>&lt;p&gt;x&lt;img src='/p.jpg' alt='y'&gt;</description>",
            Picture("https://news.example.org/p.jpg", "y"),
        ),
        ("<media:content url='javascript:x' medium='image'/>", None),
    ],
)
def test_the_main_picture_is_the_best_that_the_entry_names(inner: str, picture: Picture | None) -> None:
    assert article(f"<title>Ferry</title>{inner}").picture == picture


LONG = "The ferry across the Bend runs late because the river is low and the landing has to be moved. " * 12


@pytest.mark.parametrize(
    ("inner", "whole"),
    [
        (f"<description>{LONG}</description>", True),
        (f"<description>The ferry runs late.</description><content:encoded>{LONG[:600]}</content:encoded>", True),
        (f"<description>{'渡船今日晚点，码头正在移位。' * 30}</description>", True),
        ("<description>The ferry runs late.</description>", False),
        (f"<description>{LONG} […]</description>", False),
        (f"<description>{LONG} &lt;a href='/7'&gt;Read more&lt;/a&gt;</description>", False),
        (f"<description>{'渡船今日晚点。' * 60}阅读全文</description>", False),
        ("", False),
    ],
)
def test_an_entry_is_whole_when_it_says_more_than_a_teaser(inner: str, whole: bool) -> None:
    assert entry(f"<title>Ferry</title>{inner}").whole is whole


@pytest.mark.parametrize(
    ("inner", "mark"),
    [
        ("<guid>a7</guid><link>https://example.org/7</link>", "a7"),
        ("<link>https://example.org/7</link>", "https://example.org/7"),
    ],
)
def test_an_entry_is_named_by_its_guid_or_its_link(inner: str, mark: str) -> None:
    assert entry(inner).mark == mark


def test_entries_that_share_a_guid_are_named_by_their_links() -> None:
    items = "".join(f"<item><guid>0</guid><link>https://example.org/{n}</link></item>" for n in range(3))
    assert [one.mark for one in feed(rss(items)).entries] == [f"https://example.org/{n}" for n in range(3)]


def test_entries_without_guid_and_link_have_names_of_their_own() -> None:
    read = feed(rss("<item><title>Ferry</title></item><item><title>Bridge</title></item>"))
    assert len({one.mark for one in read.entries}) == 2


@pytest.mark.parametrize(
    "change",
    [
        ("Ferry runs late", "Ferry runs"),
        ("The landing moves.", "The landing stays."),
        ("15:30:00", "15:31:00"),
        ("Lin Yifan", "Zhou Lan"),
    ],
)
def test_a_fingerprint_changes_with_what_the_entry_says(change: tuple[str, str]) -> None:
    inner = (
        "<title>Ferry runs late</title><dc:creator>Lin Yifan</dc:creator><description>The landing moves.</description>"
        "<pubDate>Tue, 24 Nov 2026 15:30:00 +0800</pubDate>"
    )
    assert entry(inner).fingerprint == entry(inner).fingerprint
    assert entry(inner).fingerprint != entry(inner.replace(*change)).fingerprint


def test_a_fingerprint_ignores_the_time_at_which_the_whole_feed_was_stamped() -> None:
    def stamped(time: str) -> list[str]:
        items = "".join(f"<item><guid>{n}</guid><title>{n}</title><pubDate>{time}</pubDate></item>" for n in range(4))
        return [one.fingerprint for one in feed(rss(items)).entries]

    assert stamped("Tue, 24 Nov 2026 15:30:00 GMT") == stamped("Tue, 24 Nov 2026 15:35:00 GMT")


def test_a_post_without_a_title_is_headed_by_its_first_sentence() -> None:
    read = article("<description>&lt;p&gt;渡船恢复航行。今天的班次照常。&lt;/p&gt;</description>")
    assert read.headline == "渡船恢复航行。"


def test_a_teaser_that_only_opens_the_text_is_no_lead() -> None:
    text = "渡船恢复航行，今天的班次照常。码头在周日移回原处。"
    read = article(
        f"<title>渡船</title><description>{text[:12]}…</description><content:encoded>{text}</content:encoded>"
    )
    assert read.lead is None


def test_a_feed_says_how_it_wants_to_be_asked() -> None:
    head = (
        "<link>https://news.example.org/</link><language>zh-CN</language><ttl>30</ttl>"
        "<atom:link rel='hub' href='https://hub.example.org/'/><skipHours><hour>2</hour><hour>3</hour></skipHours>"
    )
    read = feed(rss("", head))
    assert (read.title, read.language, read.link) == ("河湾日报", "zh-cn", "https://news.example.org/")
    assert (read.hub, read.every, read.skip_hours) == (
        "https://hub.example.org/",
        timedelta(minutes=30),
        frozenset({2, 3}),
    )
    often = "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert feed(rss("", often)).every == timedelta(minutes=15)


def test_an_empty_feed_has_no_entries() -> None:
    assert feed(rss("")).entries == ()
    assert feed('{"version": "https://jsonfeed.org/version/1", "items": []}').entries == ()


@pytest.mark.parametrize(
    "data",
    [
        "",
        " \n\x00",
        "not a feed",
        "<?xml version='1.0'?>",
        "<!DOCTYPE rss>",
        "&&&<",
        "<html><head><title>Riverbend</title></head><body><p>Hello</p></body></html>",
        "<sitemapindex><sitemap><loc>https://example.org/</loc></sitemap></sitemapindex>",
        '{"message": "no such page"}',
        "[1, 2]",
        '{"version": "https://jsonfeed.org/version/1", "items": [',
        "[" * 100_000,
        '{"a":' * 100_000,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        b"\xff\xfe",
    ],
    ids=range(15),
)
def test_what_is_no_feed_is_told_so(data: bytes | str) -> None:
    with pytest.raises(SourceUnreadable):
        feed(data)


CHINESE = rss("<item><title>河湾大桥今晨通车</title><description>早高峰车流平稳。</description></item>").decode()


@pytest.mark.parametrize(
    ("written", "says", "declared"),
    [
        ("gb18030", "gb2312", None),
        ("gb18030", "utf-8", None),
        ("gb18030", "utf-8", "gbk"),
        ("utf-8", "gb2312", None),
        ("utf-8", "utf-8", "iso-8859-1"),
        ("utf-8-sig", "utf-8", None),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-8", None),
    ],
)
def test_the_bytes_count_more_than_what_is_said_of_them(written: str, says: str, declared: str | None) -> None:
    data = CHINESE.replace('encoding="utf-8"', f'encoding="{says}"').encode(written)
    assert feed(data, declared).entries[0].article.headline == "河湾大桥今晨通车"


def test_big5_is_read() -> None:
    data = CHINESE.replace("utf-8", "big5").replace("河湾大桥今晨通车", "河灣大橋今晨通車").replace("车", "車")
    data = data.replace("湾", "灣").replace("报", "報").replace("稳", "穩")
    assert feed(data.encode("big5")).entries[0].article.headline == "河灣大橋今晨通車"


def test_entities_that_a_document_declares_do_not_grow() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{lol}]><rss><channel><item><title>Ferry &l9;</title>'
    assert feed(f"{bomb}</item></channel></rss>").entries[0].article.headline == "Ferry &l9;"


def test_a_document_cannot_reach_for_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2", encoding="utf-8")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    read = feed(f"{doctype}<rss><channel><item><title>Ferry &x;</title></item></channel></rss>")
    assert "hunter2" not in read.entries[0].article.headline


def test_a_feed_cut_off_in_an_entry_says_so() -> None:
    whole = rss("<item><title>Ferry</title></item><item><title>Bridge opens on Sunday</title></item>")
    assert not feed(whole).cut
    read = feed(whole[: whole.index(b" on Sunday")])
    assert read.cut
    assert read.entries[0].article.headline == "Ferry"
    assert not feed(whole[: whole.index(b"</channel>")]).cut


@pytest.mark.parametrize(
    "text",
    [
        "Warning: strlen() in feed.php on line 7\n" + FORMS["RSS 2.0"],
        FORMS["RSS 2.0"] + "<script>count()</script>",
        FORMS["RSS 2.0"].replace("<item>", "<itunes:owner>x</itunes:owner><item>"),
        FORMS["RSS 2.0"].replace("</item>", ""),
        FORMS["RSS 2.0"].replace("<rss version", "<RSS version").replace("</rss>", "</RSS>"),
        FORMS["RSS 2.0"].replace("item>", "ITEM>").replace("title>", "TITLE>").replace("guid>", "GUID>"),
        FORMS["RSS 2.0"].replace('version="2.0"', "version=2.0"),
        FORMS["RSS 2.0"].replace("late</title>", "late"),
    ],
    ids=["words before", "words after", "prefix", "never closed", "upper root", "upper", "no quotes", "open title"],
)
def test_a_broken_document_still_has_its_entry(text: str) -> None:
    (only,) = feed(text).entries
    assert only.article.headline.startswith("Ferry runs late")


def test_ten_thousand_entries_are_named_without_being_read() -> None:
    items = "".join(
        f"<item><title>Notice {n}</title><link>https://example.org/{n}</link><description>{LONG}</description></item>"
        for n in range(10_000)
    )
    read = feed(rss(items))
    assert len({one.mark for one in read.entries}) == 10_000
    assert read.entries[-1].article.headline == "Notice 9999"


ODD: list[Any] = [None, 7, True, [], {}, "x", ["x"], {"name": 1}, [[]], [{"url": 1}]]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_json_feed_may_hold_anything_anywhere(odd: Any) -> None:
    import json

    names = ("id", "url", "title", "summary", "content_html", "tags", "author", "authors", "image", "attachments")
    item = dict.fromkeys(names, odd) | {"content_text": "Ferry runs late."}
    read = feed(json.dumps({"version": "https://jsonfeed.org/version/1", "hubs": odd, "items": [item, odd]}))
    assert isinstance(read.entries[0].article, Article)


PIECES = [
    "<", ">", "&", "]]>", "<![CDATA[", "<item>", "</item>", "<entry>", "<!--", "<?xml", "<!DOCTYPE x [", "&#xD800;",
    "&#55555;", "&#99999999999;", "&nbsp;", "\x00", "\ufffe", ' xmlns=""', '<a:b xmlns:a="x">', "<1>",
    "<source><1/></source>",
    "<link>http://[</link>", ' xml:base="http://[::1"', "<pubDate>Fri, 31 Dec 9999 23:59:59 -1200</pubDate>", "<html>",
    "<creativeCommons:license/>", "<category/>", "<ttl>1e999</ttl>", "<media:content url='x' width='²'/>",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*FORMS.values(), CHINESE]),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PIECES), st.integers(0, 60)), max_size=6),
    st.sampled_from([None, "utf-8", "gbk", "rot13", "nonsense"]),
)
def test_no_damage_breaks_the_reader(text: str, damage: list[tuple[float, str, int]], declared: str | None) -> None:
    for where, piece, gone in damage:
        place = int(where * len(text))
        text = text[:place] + piece + text[place + gone :]
    with contextlib.suppress(SourceUnreadable):
        for one in feed(text, declared).entries:
            assert one.mark
            assert isinstance(one.article.headline, str)
            assert one.whole in (True, False)
            assert one.dated is None or one.dated.tzinfo is not None


def real_feeds() -> list[Path]:
    return sorted(path for path in SHARED.glob("*") if path.suffix in (".xml", ".json"))


def test_every_real_feed_is_read_and_hardly_an_entry_is_missing() -> None:
    files = real_feeds()
    if not files:
        pytest.skip("the real feeds of ../shared/feeds are not on this machine")
    theirs = ours = 0
    for path in files:
        data = path.read_bytes()
        found = feedparser.parse(io.BytesIO(data)) if path.suffix == ".xml" else {"version": "json", "entries": []}
        if found["version"]:
            theirs += len(found["entries"])
            read = feed(data)
            ours += min(len(read.entries), len(found["entries"]))
            assert all(isinstance(one.article, Article) for one in read.entries)
    assert theirs > 900
    assert ours >= 0.995 * theirs
