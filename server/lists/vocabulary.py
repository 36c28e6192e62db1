"""Words of lists and what they mean: urgency, modes, units, languages, consent, and names of districts."""

from collections.abc import Callable, Mapping

from server.lists.cells import Wrong, folded

URGENCY = {
    "usual": ("обычная", "обычно", "обычное", "плановая", "планово", "нет", "не срочно", "usual", "normal", "no"),
    "soon": ("скоро", "повышенная", "в ближайшее время", "soon", "high"),
    "urgent": ("срочно", "срочная", "срочное", "экстренно", "экстренная", "да", "urgent", "yes"),
}
MODES = {
    "video": ("видео", "видеосвязь", "видеозвонок", "video"),
    "voice": ("голос", "голос без видео", "аудио", "voice", "audio"),
    "phone": ("телефон", "по телефону", "звонок", "phone"),
    "in_person": ("очно", "лично", "на приеме", "in person"),
}
UNITS = {
    "session": (
        *("сеанс", "сеансы", "сеансов", "сеанса", "занятие", "занятия", "занятий", "услуга", "услуги", "услуг"),
        *("раз", "шт", "штук", "прием", "приемов", "session", "sessions"),
    ),
    "minute": ("минута", "минуты", "минут", "мин", "minute", "minutes", "min"),
    "kopeck": ("рубль", "рубля", "рублей", "руб", "р", "₽", "rub", "rouble", "roubles", "ruble", "rubles"),
}
LANGUAGES = {"ru": ("ru", "русский", "рус", "russian"), "en": ("en", "английский", "англ", "english")}


def one_of(words: Mapping[str, tuple[str, ...]]) -> Callable[[str], str]:
    known = {word: code for code, those in words.items() for word in (*those, code)}

    def read(text: str) -> str:
        found = known.get(folded(text))
        if found is None:
            raise Wrong("word_unknown")
        return found

    return read


urgency = one_of(URGENCY)
mode = one_of(MODES)
unit = one_of(UNITS)
language = one_of(LANGUAGES)
NO_CONSENT = {"", "нет", "-", "—", "отказ", "no", "none"}
SAID_ONLY = {"да", "есть", "имеется", "+", "v", "x", "х", "подписано", "дано", "1", "yes", "true", "given"}


def district_word(name: str) -> str:
    """A district's name without what it is: "Сузунский муниципальный район" and "Сузунский р-н" are the same."""
    left = [word for word in folded(name).split() if word not in _KINDS_OF_PLACE]
    return " ".join(left) or folded(name)


_KINDS_OF_PLACE = {
    *("район", "р-н", "рн", "р-он", "муниципальный", "городской", "округ", "го", "мр", "мо"),
    *("город", "г", "district", "city"),
}
