"""The words that state numbers, ordinals, parts, multiples and currencies, in folded form.

`one` is there in English only: in the other languages it is the article too.
"""

from __future__ import annotations

UNITS = {
    word: value
    for value, words in enumerate(
        (
            "zero null cero",
            "one",
            "two zwei zwo deux dos dois duas twee",
            "three drei trois tres tre drie",
            "four vier quatre cuatro quatro quattro",
            "five funf cinq cinco cinque vijf",
            "six sechs seis sei zes",
            "seven sieben sept siete sete sette zeven",
            "eight acht huit ocho oito otto",
            "nine neun neuf nueve nove negen",
            "ten zehn dix diez dez dieci tien",
            "eleven elf onze undici",
            "twelve zwolf douze doce doze dodici twaalf",
            "thirteen dreizehn treize trece treze tredici dertien",
            "fourteen vierzehn quatorze catorce quattordici veertien",
            "fifteen funfzehn quinze quince quindici vijftien",
            "sixteen sechzehn seize dieciseis sedici zestien",
            "seventeen",
            "eighteen",
            "nineteen",
        )
    )
    for word in words.split()
}
TENS = {
    word: value * 10
    for value, words in enumerate(
        (
            "twenty zwanzig vingt veinte vinte venti twintig",
            "thirty dreissig trente treinta trinta trenta dertig",
            "forty fourty vierzig quarante cuarenta quarenta quaranta veertig",
            "fifty funfzig cinquante cincuenta cinquenta cinquanta vijftig",
            "sixty sechzig soixante sesenta sessenta sessanta zestig",
            "seventy siebzig setenta settanta zeventig",
            "eighty achtzig ochenta oitenta ottanta tachtig",
            "ninety neunzig noventa novanta negentig",
        ),
        start=2,
    )
    for word in words.split()
}
SCALES = {
    **dict.fromkeys(str.split("hundred hundreds hundert cent cien ciento cem cento honderd"), 100),
    **dict.fromkeys(str.split("thousand thousands k tausend mille mil duizend"), 1000),
    **dict.fromkeys(str.split("million millions millionen millones milhoes milioni"), 10**6),
    **dict.fromkeys(str.split("billion billions bn milliarden milliards miljard miliardi"), 10**9),
    **dict.fromkeys(str.split("trillion trillions billionen"), 10**12),
}
ORDINALS = {
    word: value
    for value, word in enumerate(
        str.split("first second third fourth fifth sixth seventh eighth ninth tenth"), start=1
    )
}
ORDINAL_ENDINGS = frozenset(("st", "nd", "rd", "th"))
OTHERS = frozenset(
    str.split(
        "half halves quarter quarters twice thrice double triple dozen dozens"
        " percent prozent percento minus"
        " \u4e00 \u4e8c \u4e09 \u56db \u4e94 \u516d \u4e03 \u516b \u4e5d \u5341"  # 1-10
        " \u767e \u5343 \u4e07 \u842c \u5104 \u4ebf"  # scales
    )
)
CURRENCIES = {
    "$": "dollar",
    "dollar": "dollar",
    "dollars": "dollar",
    "\u20ac": "euro",
    "euro": "euro",
    "euros": "euro",
    "\u00a3": "pound",
    "pound": "pound",
    "pounds": "pound",
    "\u00a5": "yen",
    "yen": "yen",
    "\u20b9": "rupee",
    "rupee": "rupee",
    "rupees": "rupee",
}
