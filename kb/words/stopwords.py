"""Words too common to search by, where tantivy has no list of its own or too short a one; lower case."""

from __future__ import annotations

# what people put around a need when they ask; tantivy's English list has 33 words and none of these
_ENGLISH = """
    about after all also am any anyone anybody because been before being between both can could did do
    does doing done each else ever from get gets getting give given go goes going got had has have having
    he her here him his how i if its just let like made make makes making many me more most much must my
    need needs needed no not now off once one only other others our ours out over own please s same shall
    she should so some somebody someone something still such t take tell than them then there these they
    thing things this those through too try under until up us use used using very want wanted wants was
    way ways we were what when where whether which while who whom whose why will with within without would
    you your yours
"""

_GREEK = """
    ο η το οι τα του της των τον την τους τις στο στον στη στην στους στις στα και κι ή είτε ούτε αλλά
    όμως ενώ αν όταν όπως επειδή διότι γιατί ότι πως που ποιος ποια ποιο ποιοι ποιες πώς πού πότε τι να θα
    ας δεν μην μη με σε από για προς κατά μετά παρά αντί χωρίς έως ως μέχρι μεταξύ υπό περί ένας μια μία
    ένα είναι ήταν είμαι είμαστε έχει έχουν έχουμε είχε εγώ εσύ αυτός αυτή αυτό αυτοί αυτές αυτά εμείς μας
    σας μου σου τότε εδώ εκεί πολύ πιο κάθε κάποιος κάποια κάποιο όλα όλοι όλες άλλα άλλοι άλλες επίσης
    μόνο μπορεί μπορούμε μπορούν πρέπει
"""

_ROMANIAN = """
    a al ale ai ar are aș au am ați acest această acestea acesta aceasta aceste acești acel acea acele
    acei asta ca că care ce cel cea cei cele cine cînd când cum cu cât câte de din dacă dar deci despre
    după e ea ei el ele era este eu ești fi fie fost fără i îi îl își în între într îmi îți îl la le li
    lor lui mai mea mei mele meu mult multe mulți mă ne nici niște noi noastră nostru noștri nu o ori
    orice oricare pe pentru peste poate pot prin printr sa sale sau se si și sînt sunt să său spre sub
    suntem sunteți te toate tot toți tu un una unde unei unii unor unui unul unele vă voi vor vom va avem
    ale alte alți altă alt
"""

STOP_WORDS: dict[str, tuple[str, ...]] = {
    "en": tuple(_ENGLISH.split()),
    "el": tuple(_GREEK.split()),
    # both ways of writing ș and ț: with a comma below, and the older cedilla
    "ro": tuple(w for word in _ROMANIAN.split() for w in {word, word.replace("ș", "ş").replace("ț", "ţ")}),
}
