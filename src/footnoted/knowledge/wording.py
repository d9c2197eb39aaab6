"""Small words: what speech leaves out and recognition mishears without changing what is said.

The lists are closed classes of each language (articles, auxiliaries, the commonest prepositions
and pronouns) in folded form, without those that are content in another language of the list
(German `die`, French `son`) and without those that change a statement (`if`, `or`, `but`). A word
that is not here counts as content, so a language without a list is judged more strictly, never
more loosely.
"""

from __future__ import annotations

HESITATIONS = frozenset(str.split("uh um uhm er erm ah eh hm hmm mm mhm mmhmm oh euh heu ahm ehm"))
"""Sounds that say nothing."""

FILLERS = HESITATIONS | frozenset(
    str.split(
        "yeah like well so okay ok right you know i mean actually basically literally just really"
        " kind of sort"  # English
        " ben bah voila quoi eben este pues bueno cioe allora beh ne entao"
    )
)
"""Words that people say while they think; a quote may leave them out."""

SMALL_WORDS = HESITATIONS | frozenset(
    str.split(
        "yeah well so okay ok just like"
        # English
        " a an the this that these those there here it its is am are was were be been being do"
        " does did has have had having will would shall and as then than of to in on at by for"
        " from with into onto i me my we us our you your he him his she her they them their who"
        " which what whats thats im ive ill id youre youve weve were theyre hes shes lets gonna"
        " going now"
        # German
        " der das dem des ein eine einen einem einer und aber ist sind waren sein haben ich du er"
        " sie es wir ihr sich mich dich uns zu im auf mit von vom fur aus bei dass da doch ja"
        " schon auch dann"
        # French
        " le la les l un une du de d et mais est sont etait c ce cet cette ces ca que qui qu je j"
        " il elle nous vous ils elles te se y en au aux dans avec donc alors cest jai quil quon"
        # Spanish, Portuguese, Italian
        " el los las lo una unos y e o pero es del al se su mi yo nos con por para um uma ao da dos"
        " das na nas eu ele ela voce eles elas gli uno di dello della dei delle che si ci vi ti io"
        " lui lei noi voi loro tra ed ma ho"
        # Dutch
        " het een dat dit ik je jij hij zij ze wij jullie hun te op aan bij uit zo"
    )
)
"""Words that may be misheard, missing or extra without being an invention."""
