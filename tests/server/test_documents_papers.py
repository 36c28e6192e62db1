"""Papers: what stands on them can be read, nothing of a name becomes markup, and a screen reader finds its way."""

import asyncio
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server import documents
from server.documents import Document, disposition, pdf
from server.documents.amounts import in_words
from server.documents.papers import (
    ActLine,
    ActPaper,
    CertificatePaper,
    CertificateService,
    ChoicePaper,
    ConsentPaper,
    Offered,
    Office,
    Paper,
    Person,
    initials,
)
from server.words import Words

NOW = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
WORDS = Words(Path(__file__).parents[2] / "static")
HOSTILE = '#panic("x") $x^2$ *b* _i_ `c` \\ "q" <l> @ref // = - + ~ [c] {d} é № #sys.inputs.data #read("/etc/passwd")'
OFFICE = Office(
    "Отдел соцзащиты Куйбышевского района", "authority", "г. Куйбышев", "8 383 62 5-11-22", "545", "Петрова А. С."
)
NGO = Office("АНО «Рука помощи»", "ngo", "г. Новосибирск, ул. Ленина, 1", "8 383 222-33-44")
HOLDER = Person("Иванова Мария Петровна", date(1948, 3, 2), address="с. Абрамово")
SERVICE = CertificateService("1739", "Консультирование", "session", 24, 47429, 5000, "2 раза в месяц")
CERTIFICATE = CertificatePaper(
    "54-2026-000318", OFFICE, "Куйбышевский район", HOLDER, date(2026, 12, 1), date(2027, 11, 30),
    (SERVICE, replace(SERVICE, code="1740", unit="minute", quantity=91, unit_kopecks=1186)), (NGO,), "eyJ.eyJ.AA",
    "https://ryadom.example.ru/check", "ИППСУ № 112", "483201",
)  # fmt: skip
LINE = ActLine(
    date(2026, 11, 2),
    "Иванова Мария Петровна",
    "54-2026-000318",
    "1739",
    "Консультирование",
    "session",
    1,
    38,
    47429,
    47429,
)
ACT = ActPaper("2026-11/7", NGO, OFFICE, date(2026, 11, 1), "бюджет области", (LINE,), date(2026, 11, 30))
CONSENT = ConsentPaper(
    "Согласие", "Я согласен(на).", 2, "0f" * 32, OFFICE, HOLDER, "23 ноября 2026 г.", "aloud", "Белова О. Н."
)
OFFERS = (
    Offered(NGO.name, "ngo", 47429, "ср, 11:00", 3.25, 4.66, 31),
    Offered("КЦСОН", "state", None, "", None, None, 2),
)
CHOICE = ChoicePaper(
    CERTIFICATE.number, OFFICE, HOLDER, "1 декабря 2026 г., 10:20", OFFERS, 1, "", "code", "Петрова А. С."
)
PAPERS: list[Paper] = [CERTIFICATE, ACT, CONSENT, CHOICE]


def read(paper: Paper, language: str = "ru") -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.pdf(paper, WORDS, language, now=NOW)))


def text(paper: Paper, language: str = "ru") -> str:
    """All its words, whatever the lines they stand in."""
    pages = [page.extract_text() for page in read(paper, language).pages]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def said_by(paper: Paper, *words: str, language: str = "ru") -> None:
    found = text(paper, language)
    assert [each for each in words if each not in found] == [], found


def test_a_certificate_says_what_its_holder_has() -> None:
    said_by(
        CERTIFICATE,
        "Социальный сертификат", "№ 54-2026-000318", "Иванова Мария Петровна", "02.03.1948",
        "с 1 декабря 2026 г. по 30 ноября 2027 г.", "24 занятия", "474,29", "11 382,96", "91 минута", "11,86",
        "2 раза в месяц; 50,00 руб. из цены каждой платите вы", "Номинал сертификата 12 462,22", "483 201",
        "АНО «Рука помощи»", "некоммерческая организация", "https://ryadom.example.ru/", "ИППСУ № 112",
    )  # fmt: skip


def test_a_certificate_printed_again_has_no_code() -> None:
    assert "Код подтверждения" not in text(replace(CERTIFICATE, code=None))
    assert "483" not in text(replace(CERTIFICATE, code=None))


def test_an_act_says_its_sum_in_figures_and_in_words() -> None:
    fixed = replace(
        LINE, sum_kopecks=-47429, quantity=-1, corrects="строке 4 акта № 2026-10/3", because="не состоялось"
    )
    said_by(
        replace(ACT, lines=(LINE, replace(LINE, recipient="Мао"), fixed)),
        "Проект: не подписан", "Иванова М. П.", "02.11.2026", "54-2026-000318", "Итого 474,29", "−474,29",
        "Исправление к строке 4 акта № 2026-10/3: не состоялось", "Всего 3 строки на сумму 474,29 руб.",
        "Четыреста семьдесят четыре рубля 29 копеек.", "за ноябрь 2026 г.", "Мао",
    )  # fmt: skip
    assert "Мария" not in text(ACT), "the act shows the initials"


def test_a_signed_act_is_no_draft() -> None:
    signed = replace(ACT, signed_on=date(2026, 12, 3), signed_for="Соколова Е. В.")
    said_by(signed, "Подписан 3 декабря 2026 г. Соколова Е. В.")
    assert "Проект" not in text(signed)


def test_an_act_says_by_which_rule_each_of_its_lines_is_paid() -> None:
    held = replace(LINE, minutes=31, sum_kopecks=36757, by_minutes=True)
    assert "не больше нормативного" not in text(ACT)
    said_by(replace(ACT, lines=(held,)), "Сумма строки: стоимость услуги, делённая", " 31 474,29 367,57")
    said_by(
        replace(ACT, lines=(LINE, held)), "умноженное на тариф; где минуты отмечены звёздочкой", " 38 474,29 474,29",
        " 31* 474,29 367,57",
    )  # fmt: skip


def test_three_hundred_lines_have_their_header_on_every_page() -> None:
    reader = read(replace(ACT, lines=(LINE,) * 300))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        assert f"Страница {number} из {len(pages)}" in page
    with_lines = [page for page in pages if "54-2026-000318" in page]
    assert len(with_lines) >= len(pages) - 1
    assert all("№ Дата Получатель Сертификат Услуга" in page for page in with_lines)
    assert "Сто сорок две тысячи двести восемьдесят семь рублей 00 копеек" in " ".join(pages)


def test_a_consent_tells_who_signed_for_whom_and_that_it_was_withdrawn() -> None:
    person = replace(HOLDER, representative="Иванова Светлана Игоревна", tie="дочь", document="доверенность № 5")
    withdrawn = replace(
        CONSENT,
        client=person,
        withdrawn_on="25 ноября",
        withdrawn_how="paper",
        withdrawn_by="Белова О. Н.",
        because="Устала",
    )
    said_by(
        withdrawn,
        "Иванова Светлана Игоревна, дочь, доверенность № 5, действую от имени получателя услуг (Иванова Мария Петровна",
        "Согласие дано", "устно, в присутствии сотрудника", "Согласие отозвано", "на бумаге, с подписью", "Устала",
        "Версия текста 2", "0f0f0f0f",
    )  # fmt: skip


def test_a_consent_to_be_signed_says_nothing_of_having_been_given() -> None:
    blank = replace(CONSENT, given_on=None, client=Person(""))
    assert "Согласие дано" not in text(blank)
    said_by(blank, "фамилия, имя, отчество, дата рождения", "подпись")


def test_a_choice_shows_the_list_in_the_order_in_which_it_was_shown() -> None:
    said_by(
        CHOICE,
        "474,29", "в среднем ждут 3,3 дн.", "4,7 из 5", "31 отзыв", "мало отзывов", "сейчас нет", "Я выбираю: КЦСОН.",
        "Выбор подтверждён кодом с сертификата.",
    )  # fmt: skip
    listed = text(replace(CHOICE, chosen=None))
    assert listed.index("АНО «Рука помощи»") < listed.index("КЦСОН")
    assert "подтверждён" not in listed


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: type(paper).__name__)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_screen_reader_finds_its_way(paper: Paper, language: str) -> None:
    root = read(paper, language).trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root


def test_a_paper_is_on_a4_and_brings_its_own_letters() -> None:
    reader = read(CERTIFICATE)
    page = reader.pages[0]
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
    fonts = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
    assert all("LibertinusSerif" in name or "DejaVuSansMono" in name for name in fonts), fonts


def test_english_is_complete() -> None:
    said_by(CERTIFICATE, "Social certificate", "from 1 December 2026 until 30 November 2027", "474.29", language="en")
    said_by(ACT, "Four hundred seventy-four roubles 29 kopecks.", "1 line", language="en")


def hostile(paper: Paper, words: str) -> Paper:
    """The paper with these words wherever it has words."""
    person = replace(HOLDER, name=words, address=words, representative=words, tie=words, document=words)
    office = Office(words, "ngo", words, words, words, words)
    match paper:
        case CertificatePaper():
            service = replace(SERVICE, name=words, code=words, periodicity=words)
            named = replace(paper, number=words, issuer=office, district=words, holder=person, programme=words)
            return replace(named, services=(service,), providers=(office,), token=words, check_at=words)
        case ActPaper():
            line = replace(LINE, recipient=words, certificate=words, service=words, corrects=words, because=words)
            return replace(
                paper, number=words, provider=office, customer=office, source=words, contract=words, lines=(line,)
            )
        case ConsentPaper():
            return replace(
                paper, title=words, text=words, operator=office, client=person, taken_by=words, because=words
            )
        case ChoicePaper():
            return replace(
                paper, number=words, office=office, holder=person, offers=(Offered(words, "ngo"),) * 2, officer=words
            )


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: type(paper).__name__)
def test_hostile_words_are_words(paper: Paper) -> None:
    found = text(hostile(paper, HOSTILE)).replace(" ", "")
    assert HOSTILE.replace(" ", "") in found


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120), st.sampled_from(PAPERS))
def test_whatever_the_words_are_a_paper_comes_of_them(words: str, paper: Paper) -> None:
    assert pdf.pdf(hostile(paper, words), WORDS, "ru", now=NOW).startswith(b"%PDF")


def test_a_name_in_letters_that_we_do_not_have_still_gets_its_paper() -> None:
    said_by(replace(CERTIFICATE, holder=replace(HOLDER, name="محمد 王小明")), "Социальный сертификат", "12 462,22")


def test_a_name_as_long_as_it_may_be_stays_on_the_sheet() -> None:
    name = "Ы" * 120
    for paper in PAPERS:
        for page in read(hostile(paper, name)).pages:
            right: list[float] = []
            page.extract_text(visitor_text=lambda _words, _cm, tm, *_rest, seen=right: seen.append(tm[4]))
            assert max(right) < 595 - 20


def test_the_same_facts_at_the_same_time_are_the_same_bytes() -> None:
    first, again = (pdf.pdf(CERTIFICATE, WORDS, "ru", now=NOW) for _ in range(2))
    assert first == again
    assert first != pdf.pdf(CERTIFICATE, WORDS, "ru", now=NOW + timedelta(days=1))


async def test_the_loop_goes_on_while_a_paper_is_drawn() -> None:
    drawn = asyncio.ensure_future(pdf.document("акт", replace(ACT, lines=(LINE,) * 2000), WORDS, "ru", now=NOW).body())  # type: ignore[operator,arg-type]
    turns = 0
    while not drawn.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert (await drawn).startswith(b"%PDF")
    assert turns > 20, "the loop stood still while it was drawn"


@pytest.mark.parametrize(
    ("kopecks", "russian", "english"),
    [
        (0, "Ноль рублей 00 копеек", "Zero roubles 00 kopecks"),
        (101, "Один рубль 01 копейка", "One rouble 01 kopeck"),
        (1142, "Одиннадцать рублей 42 копейки", "Eleven roubles 42 kopecks"),
        (200_299, "Две тысячи два рубля 99 копеек", "Two thousand two roubles 99 kopecks"),
        (
            2_100_000_00,
            "Два миллиона сто тысяч рублей 00 копеек",
            "Two million one hundred thousand roubles 00 kopecks",
        ),
        (
            1_021_311_111_11,
            "Один миллиард двадцать один миллион триста одиннадцать тысяч сто одиннадцать рублей 11 копеек",
            "One billion twenty-one million three hundred eleven thousand one hundred eleven roubles 11 kopecks",
        ),
        (
            -47429,
            "Минус четыреста семьдесят четыре рубля 29 копеек",
            "Minus four hundred seventy-four roubles 29 kopecks",
        ),
    ],
)
def test_sums_in_words(kopecks: int, russian: str, english: str) -> None:
    assert in_words(kopecks, "ru") == russian
    assert in_words(kopecks, "en") == english


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Иванова Мария Петровна", "Иванова М. П."),
        ("Мария Петровна Иванова", "Иванова М. П."),
        ("Ким", "Ким"),
        ("", ""),
        ("Аль-Саид Омар ибн Хасан", "Аль-Саид О. и."),
    ],
)
def test_names_on_acts_are_short(name: str, short: str) -> None:
    assert initials(name) == short


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Акт 7.pdf", "attachment; filename=\"document.pdf\"; filename*=UTF-8''%D0%90%D0%BA%D1%82%207.pdf"),
        ("act.pdf", "attachment; filename=\"act.pdf\"; filename*=UTF-8''act.pdf"),
        (
            'a"\r\nSet-Cookie: x=1;.csv',
            "attachment; filename=\"a Set-Cookie x=1.csv\"; filename*=UTF-8''a%20Set-Cookie%20x%3D1.csv",
        ),
        ("../../etc/passwd", "attachment; filename=\"etc passwd\"; filename*=UTF-8''etc%20passwd"),
    ],
)
def test_the_name_of_a_file_stays_a_name(name: str, header: str) -> None:
    assert disposition(name) == header


async def test_a_document_is_kept_by_nobody_on_the_way() -> None:
    sent = await documents.answer(Document(b"a;b", documents.CSV, "реестр.csv"), 200)
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
