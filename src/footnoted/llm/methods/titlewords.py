"""English words that make no beginning and no end of a title: common verbs, adverbs, vague words."""

from __future__ import annotations

_WEAK = frozenset(
    """
    accept accepted accepting add added adding adds agree allow allowed allows allowing appear apply
    applied applying arrive avoid base based beat began begin beginning believe bet blow bother bought
    break brings bring bringing brought build building buy buying care carry catch cause caused causing
    change changed changes changing check checking choose chose chosen click clicking clicked close closed
    compare compared consider considered contain continue continued cover covered create created creates
    creating cut deal dealing decide decided depend depending depends describe described describing
    design designed die discover discuss discussed discussing drive drop dropped eat enable end ended
    enjoy enjoyed ensure enter expect expected experience explain explained explore extend face fall
    falls figure figured fill finish finished fit fix fixed focus force forced forget forgot form gain
    grab grow growing guide handle hate head hit hitting hold holding hurt identify imagine include
    included includes including increase increased involve involved join joined jump kick kill lead
    leads leading learn learned learning lie line listen listening lose losing lost maintain manage
    marked meant meet met miss missing notice noticed occur offer open opened opening order own paid
    pass pay pick picked picking plan planned planning played playing point pointed prefer prepare
    present press pressed prevent produce produced protect prove provide provided provides pull pulled
    push pushed pushing raise reach reached read reading realize realized receive received recommend
    reduce refer referred relate related release rely remain remove removed replace report represent
    require required requires respond rest return returned rise sat save saved saw seek selected sell
    send sending sent separate serve setting share shared sharing shoot shut shift sign sleep slow solve
    sold sound sounds split spread stand standing stick stood struggle study studied studying suck
    suggest suggested support supposed surprised switch taught teach tend test tested testing thrown
    throw touch track train transform treat trigger turned turning typed understanding unlock update
    updated visit walk walking warn wear win wish wondering worry write writing written wrote
    accurate available aware capable clear common complex correct critical crazy current dead deep
    difficult direct early entire equal excited exact famous final flat former free fresh funny general
    giant given glad happy healthy heavy hot incredible initial insane key known large larger largest
    late latest light likely live local long-term low lower main major massive mere modern multiple
    necessary negative normal old older original perfect personal physical popular positive potential
    powerful previous prior private proper public quick rapid rare ready recent regular relevant rich
    rough safe secret separate serious significant simple single smart smooth soft solid special specific
    standard straight strange strong stupid sudden tight tiny top total traditional tricky true typical
    ultimate unique upper useful usual valid various wide wild wonderful wrong young cheap nearby
    little-known lovely brilliant fantastic terrible horrible
    area areas aspect aspects case cases detail details folks form forms group kinds level levels list
    lots matter mode name names note notes option options pair piece pieces place problem problems
    question questions result results row rows series set sets side situation sort sorts step steps stuff
    thing types type version word words world hand hands home house job life man men woman women kid kids
    mind morning night tonight hour hours decade decades second seconds mom dad friend friends family
    video videos channel episode episodes comment comments subscribe bell link description sponsor show
    podcast audience viewer viewers host hosts guest guests morning afternoon evening monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august september
    october november december dollar dollars buck bucks percent cent cents
    hopefully ahead apparently apart nowadays anyhow onwards sake downside upside bigger smaller longer
    shorter higher faster slower easier harder newer greater fewer
    """.split()
)
_ADVERB_ENDING = "ly"
_SHORTEST_ADVERB = 6


def is_weak(word: str) -> bool:
    """Return whether an English word may not stand at either end of a title."""
    lower = word.lower()
    if lower in _WEAK or lower[:1].isdigit() or "'" in lower or "’" in lower:
        return True
    return lower.endswith(_ADVERB_ENDING) and len(lower) >= _SHORTEST_ADVERB and word[:1].islower()
