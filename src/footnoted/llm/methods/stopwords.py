"""Function words and spoken fillers by language: what never makes a topic, a title or a match.

Written by hand from the closed word classes of each language. A language without a list falls back
on the rule in `lexicon`: words of at most three letters do not count.
"""

from __future__ import annotations

_ENGLISH = """
a about above actually after again against ago ah all almost alright already also although always am
among an and another any anybody anymore anyone anything anyway are aren't around as at away back
basically be became because become been before behind being below beside besides between beyond both
but by came can can't cannot certain certainly cause clearly come comes coming could couldn't cool
definitely did didn't do does doesn't doing don't done down during each eh either else enough er
especially etc even ever every everybody everyone everything exactly except fairly far few first for
from front further gave generally get gets getting give gives given giving go goes going gone gonna
good got gotta gotten great had hadn't has hasn't have haven't having he he'd he'll he's hello her
here here's hers herself hey hi him himself his hmm how how's however huge huh i i'd i'll i'm i've if
in indeed inside instead into is isn't it it'd it'll it's its itself just keep keeps kept kind kinda
know known knows last later least less let let's like likely literally little ll look looked looking
looks lot lots made mainly make makes making many may maybe me mean means meant might mine mm more
most mostly much must my myself near nearly need needed needs neither never new next nice no nobody
none nor not nothing now obviously of off often oh ok okay on once one one's ones only onto or other
others otherwise ought our ours ourselves out outside over overall own particular particularly per
perhaps please plus possible pretty probably put puts putting quite rather re really right s said
same saw say saying says second see seeing seem seems seen several shall she she'd she'll she's should
shouldn't show showed showing shown shows simply since so some somebody somehow someone something
sometimes somewhat somewhere soon sort sorta stuff such super sure take taken takes taking talk talked
talking tell telling than thank thanks that that'd that'll that's the their theirs them themselves then
there there'd there'll there's therefore these they they'd they'll they're they've thing things think
thinking thinks third this those though thought through throughout thus till to today together told
tomorrow too took toward towards tried tries truly try trying two ugh uh uhh um umm under unless until
up upon us use used uses using usually ve very via want wanted wanting wants was wasn't way ways we we'd
we'll we're we've welcome well went were weren't what what's whatever when whenever where where's whereas
wherever whether which whichever while who who's whoever whole whom whose why will with within without
won't wonder wow would wouldn't yeah year years yep yes yesterday yet you you'd you'll you're you've your
yours yourself yourselves absolutely guess guys happen happened happening happens hear heard honestly
maybe stay start started starting starts stop turn turns bit big small able long short high real worth
point points part parts side sides place end ends time times day days week weeks month months minute
minutes moment number numbers people person folks guy man bunch couple example examples reason
question questions answer idea ideas everyone's easy hard bad better best worse worst different similar
interesting important awesome amazing perfect fine full half hundred thousand million billion three four
five six seven eight nine ten zero course fact case sense matter
ask asked asking asks call called calling calls feel feels feeling felt find finding finds found follow
help helps helped leave left live love loved hope lets seeing mention mentioned move moved moving play
remember run runs running set sits sitting speak speaking spend spent talks understand wait watch
watching work worked working works
"""

_FRENCH = """
a ai ainsi alors après as au aucun aucune aujourd'hui auquel aura aussi autant autre autres aux avait
avant avec avez avoir avons bah beaucoup bien bon c ça car ce ceci cela celle celles celui ces cet cette
ceux chaque chez chose choses ci comme comment contre d d'abord dans de dehors déjà depuis des dès deux
devant deux dire dis dit doit donc dont du elle elles en encore enfin ensuite entre es est et étaient
était étant été être eu eux euh fait faire fais faut font genre hein ici il ils j jamais je jusque l la là
laquelle le lequel les lesquelles lesquels leur leurs lors lorsque lui m ma mais me même mêmes mes mieux
moi moins mon n ne ni non nos notre nous on ont ou où oui par parce pas pendant petit peu peut peuvent peux
plus plusieurs plutôt pour pourquoi pouvez pouvoir presque puis qu quand que quel quelle quelles quelqu'un
quelque quelques quels qui quoi rien s sa sans se sera ses seulement si soi soit son sont sous souvent suis
sur t ta tandis te tel telle tellement tes toi ton toujours tous tout toute toutes très trop tu un une va
vais vas vers veut veux voilà voici voit vont vos votre vous vraiment vu y c'est j'ai n'est d'un d'une
qu'il qu'on qu'elle qu'ils l'on s'est n'a j'étais c'était jusqu'à
"""

_GERMAN = """
ab aber alle allem allen aller alles als also am an ander andere anderen anderes auch auf aus bei beim bin
bis bisschen bist da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf darin
darüber darum das dass dazu dein deine dem den denn der deren des deshalb dessen dich die dies diese diesem
diesen dieser dieses dir doch dort du durch eben eigentlich ein eine einem einen einer eines einfach einmal
er es etwa etwas euch euer für ganz gar geht gemacht genau gerade gern gesagt gewesen gibt gleich gut habe
haben hallo hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihren ihrer im immer in ins irgendwie
ist ja jede jeden jeder jedes jetzt kann kannst kein keine keinen kommt können könnte machen macht mal man
manche mehr mein meine meinen mich mir mit muss müssen nach nachdem natürlich neben nicht nichts noch nun nur
ob oder ohne okay quasi sagen schon sehr sei sein seine seinen seit selbst sich sie sind so sogar soll sollte
sondern sonst soweit über um und uns unser unsere unter vielleicht viel viele vom von vor wann war waren warum
was weil weiter welche welchen welcher welches wenn wer werde werden weiß wie wieder will wir wird wirklich
wo wollen worden wurde wurden würde zu zum zur zwar zwischen äh ähm halt ding sache
"""

_SPANISH = """
a acá ahí ahora al algo alguien algún alguna algunas algunos allá allí ante antes aquel aquella aquí así aún
aunque bien bueno cada casi como cómo con contra cosa cosas cual cuál cuales cualquier cuando cuándo cuanto
cuenta da de del desde después donde dónde dos durante e el él ella ellas ellos en entonces entre era eran eres
es esa esas ese eso esos esta está estaba están estar estas este esto estos estoy estamos fue fueron gente ha
haber había hace hacer hacia han hasta hay hecho he hola i incluso ir la las le les lo los luego más me mejor
menos mi mí mientras mis misma mismo mucha muchas mucho muchos muy nada ni no nos nosotros nuestra nuestro nunca
o os otra otras otro otros para parte pero poco por porque puede pueden puedo pues que qué quien quién quiero se
sea ser si sí sido siempre sin sino sobre solo sólo somos son soy su sus también tampoco tan tanto te tener tenemos
tengo ti tiene tienen toda todas todavía todo todos tu tú tus un una unas uno unos usted ustedes va vale vamos van
vez veces voy y ya yo
"""

_PORTUGUESE = """
a à ah ainda algo alguém algum alguma algumas alguns ali antes ao aos apenas aqui aquela aquele aquilo as às assim
até bem bom cada coisa coisas com como da daí das de dela dele deles depois desde dessa desse desta deste disso do
dos duas é e ela elas ele eles em enquanto então entre era eram essa essas esse esses esta está estamos estão estar
estava este estes estou eu fala fazer faz fez foi for foram gente há isso isto já lá lhe lo mais mas me mesmo meu
meus minha muita muitas muito muitos na nada não nas né nem nessa nesse nisso no nos nós nossa nosso num numa nunca o
oi onde os ou outra outras outro outros para pela pelas pelo pelos pode podem pois por porque pra pro qual qualquer
quando quanto que quê quem quer se sei seja sem sempre ser será seu seus sim só sobre sou sua suas são também tanto
tão te tem têm temos tenho ter teu tipo toda todas todo todos tudo um uma umas uns vai vamos vez você vocês vou
"""

_ITALIAN = """
a abbiamo agli ai al alla alle allo allora altra altre altri altro anche ancora anzi appena avere aveva bene che chi
ci ciao ciò come comunque con cosa cose così cui da dai dal dalla dalle dallo degli dei del della delle dello dentro
deve devo di dire dopo dove due dunque e è ecco ed era erano essere fa fanno fare fatto fino fra già gli ha hai hanno
ho i il in infatti insomma invece io l la le lei li lo loro lui ma magari mai me meno mentre mi mia mio molta molto
ne negli nei nel nella nelle nello niente no noi non nostra nostro nulla o ogni oltre ora per perché perciò però più
poco poi possiamo posso prima proprio può qua quale quali qualche qualcosa quando quanto quasi quel quella quelle
quelli quello questa queste questi questo qui quindi se sei sempre senza si sì sia siamo siete so solo sono sopra
sotto sta stata stato stesso su sua sul sulla suo suoi tale tanto te ti tra tu tutta tutte tutti tutto un una uno va
vi viene voi volta vostro
"""

_DUTCH = """
aan af al alle alleen alles als altijd ander andere ben bij daar daarom dan dat de den der deze die dingen dit doe doen
door dus een eens eigenlijk en enkele er erg even gaan gaat geen gewoon goed haar had hadden heb hebben heeft hem het
hier hij hoe hun iemand iets ik in is ja je jij jou jullie kan komt kunnen maar mag me meer mee men met mij mijn misschien
moet moeten na naar natuurlijk niet niets nog nou nu of om omdat ons onze ook op over toch toen tot te u uit uw van
vanaf veel voor waar waarom want waren was wat we weer wel welke werd wie wij wil worden wordt zal ze zeg zei zelf zich
zij zijn zo zoals zou zullen
"""

_RUSSIAN = """
а без более был была были было быть в вам вас ведь весь во вот все всё всего всех вы где да даже для до его ее её если
есть еще ещё же за здесь и из или им их к как какой когда который которые кто ли между меня мне много может можно мой
мы на надо нас нас не него нее нет ни них но ну о об один он она они оно от очень по под после потом потому почему при
про просто раз с сам себя сейчас со так такие такой там тебя тем то того тоже только том тот ты у уже хорошо хотя чего
чем через что чтобы чуть эта эти это этого этой этом этот я
"""

_HINDI = """
अब अभी अगर अपना अपनी अपने आज आप आपका आपकी आपके इस इसका इसकी इसके इसको इसमें इसलिए इसे उन उनका उनकी उनके उस उसका उसकी
उसके उसको उसमें उसे एक ऐसा ऐसी ऐसे और कर करके करता करती करते करना करने करेंगे कहते कहा का काफी कि किया किस किसी की कुछ
के कैसे को कोई कौन क्या क्यों गई गए गया चाहिए जब जहाँ जा जाए जाता जाती जाते जिस जो ठीक तक तब तरह तो था थी थे दिया दो
नहीं ने पर पहले फिर बहुत बात बाद भी मुझे में मेरा मेरे मैं यदि यह यहाँ यही या ये रहा रही रहे लिए लेकिन वह वहाँ वही वाला
वाली वाले वे वो सकता सकती सकते सब सभी साथ से हम हमने हमारा हमारे हमें ही हुआ हुई हुए है हैं हो होता होती होते होना होने
"""

_LISTS = {
    "en": _ENGLISH,
    "fr": _FRENCH,
    "de": _GERMAN,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "it": _ITALIAN,
    "nl": _DUTCH,
    "ru": _RUSSIAN,
    "hi": _HINDI,
}


def stopwords_of(language: str) -> frozenset[str]:
    """Return the lower-case stop words of a two-letter code; empty for a language without a list."""
    return frozenset(_LISTS.get(language, "").split())


def listed_languages() -> tuple[str, ...]:
    """Return the codes that have a list, in a fixed order."""
    return tuple(_LISTS)
