"""Orders: sentences of an article that speak to a machine instead of a reader; a language model never sees them."""

import re

from bot.rules.sentences import sentences

_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,60}\b(?:instructions?|prompts?|rules?|above|previous|prior|earlier)\b"
    r"|\b(?:system|developer) (?:prompt|message)\b|\bprompt injection\b|<\W{0,2}(?:system|assistant|user|im_start)\b"
    r"|\byou are (?:now )?(?:an? )?(?:ai|assistant|chatbot|language model|large language model|dan)\b"
    r"|\bas an? (?:ai|language model|assistant)\b"
    r"|\b(?:respond|reply|answer|output|return) (?:only|exactly|instead)\b"
    r"|\b(?:to|dear|note to|attention) (?:the )?(?:ai|assistant|language model|llm|summari[sz]er)s?\b"
    r"|(?:忽略|无视|忘记|忘掉|不要理会|不必理会|绕过).{0,24}(?:指令|提示词?|要求|规则|以上|上述|之前|前面)"
    r"|你(?:现在)?(?:是|扮演).{0,12}(?:助手|模型|机器人|人工智能|AI)"
    r"|系统提示|作为(?:一个)?(?:AI|人工智能|语言模型|助手)"
    r"|(?:只|仅|直接|必须)(?:回复|回答|输出|返回)|请(?:AI|模型|助手|摘要)",
    re.IGNORECASE,
)


def without_orders(text: str) -> tuple[str, int]:
    """The text without its orders, and how many sentences that were."""
    found = sentences(text)
    kept = [sentence for sentence in found if not _ORDER.search(sentence)]
    return "".join(kept).strip(), len(found) - len(kept)
