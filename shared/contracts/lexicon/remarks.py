"""What stands beside an address in one cell: whose or which it is, or that it is not used any more."""

import re
from collections.abc import Iterable
from typing import Final

from shared.contracts.lexicon.refusals import ENDING_CELLS, ENDING_WORDS
from shared.contracts.lexicon.words import keys_of, word_key

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019\-][^\W\d_]+)*")
# Which address it is. They say nothing against it.
_LABELS: Final = keys_of(
    "email,e-mail,mail,em,eml,address,addr,home,work,business,office,personal,private,school,main,primary,prim,"
    "preferred,pref,secondary,alternate,alternative,alt,other,second,first,cell,mobile,phone,contact,billing,bill,"
    "ebill,paperless,login,current,new,active,good,valid,verified,confirmed,customer,cust,owner,his,her,their,my,"
    "husband,wife,spouse,son,daughter,mother,father,mom,dad,parent,tenant,landlord,to,cc,attn,c/o,is,and,or,"
    "acct,account,1st,2nd,3rd,ph,tel,telephone"
)
# They say no wherever they stand beside an address.
_NO: Final = ENDING_WORDS | keys_of(
    "not,never,dont,doesnt,remove,removal,former,formerly,previous,previously,invalid,obsolete,outdated,defunct,discontinued,incorrect,"
    "bounce,bouncing,bouncer,undelivered,returned,rejects,fails,failed,failing,refused,refuses,declines,deactivated,"
    "dnc,dne,dnd,dnu,optout,blocked,unreachable,nonworking,unused,retired,replaced,unmonitored,unverified,outofdate"
)
# They say no where nothing but labels is beside them: there are people called Prior, and an Old Mill Inn.
_ALONE: Final = keys_of(
    "no,old,prior,past,earlier,ex,bad,wrong,dead,stop,hold,off,out,error,err,typo,spam,fake,bogus,dummy,expires,"
    "missing,unknown,moved,gone,final,paper"
)
_BESIDE_ALONE: Final = _LABELS | keys_of("last,known,away,longer,use,hyperlink")


def remark_says_no(text: str) -> bool:
    """Whether the words say that an address beside them is not to be used, as "bounced" and "old email" do."""
    words = [word_key(word) for word in _WORD.findall(text)]
    if "?" in text or word_key(" ".join(text.split())) in ENDING_CELLS or not _NO.isdisjoint(words):
        return True
    return not _ALONE.isdisjoint(words) and set(words) <= _ALONE | _BESIDE_ALONE


def is_label(word: str) -> bool:
    return word_key(word) in _LABELS


def may_be_name(words: Iterable[str]) -> bool:
    return (_NO | _ALONE).isdisjoint(map(word_key, words))
