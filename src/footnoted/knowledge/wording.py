"""Small words: what speech leaves out and recognition mishears without changing what is said.

The lists are closed classes of each language (articles, auxiliaries, conjunctions, the commonest
prepositions and pronouns) in folded form. A word that is not here counts as content, so a language
without a list is judged more strictly, never more loosely.
"""

from __future__ import annotations

FILLERS = frozenset(
    "uh um uhm er erm ah eh hm hmm mm mhm mmhmm yeah like well so okay ok right you know i mean"
    " actually basically literally just really kind of sort euh heu ben bah voila quoi ahm"
    " hm also halt eben eh este pues bueno o sea cioe allora beh tipo ne entao".split()
)
"""Words that people say while they think; a quote may leave them out."""

SMALL_WORDS = FILLERS | frozenset(
    # English
    "a an the this that these those there here it its is am are was were be been being do does did"
    " has have had having will would shall and but or as if then than so of to in on at by for"
    " from with into onto i me my we us our you your he him his she her they them their who which"
    " what whats thats im ive ill id youre youve weve were theyre hes shes lets gonna wanna gotta"
    " going go get got too now oh some any very much such".split()
    # German
    + "der die das den dem des ein eine einen einem einer und oder aber ist sind war waren sein hat"
    " haben ich du er sie es wir ihr sich mich dich uns zu in im an am auf mit von vom fur aus bei"
    " dass da doch ja mal schon auch nur dann denn noch".split()
    # French
    + "le la les l un une des du de d et ou mais est sont etait c ce cet cette ces ca que qui qu je"
    " j tu il elle on nous vous ils elles me te se y en au aux a dans sur pour par avec donc alors"
    " cest jai quil quon".split()
    # Spanish, Portuguese, Italian
    + "el los las lo una unos y e o u pero es son era de del al que se su mi tu yo nos en con por"
    " para como os as um uma ao do da dos das no na nos nas eu ele ela voce eles elas il lo gli i"
    " uno di dello della dei delle che si ci vi mi ti io lui lei noi voi loro con su per tra ed ma"
    " ho ha".split()
    # Dutch
    + "het een en of maar dat dit die ik je jij hij zij ze wij we jullie hun te op van voor met"
    " aan bij uit zo".split()
)
"""Words that may be misheard, missing or extra without being an invention."""
