"""The states, districts and territories that a postal address names."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.lexicon.words import word_key

_NAMES: Final = (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,FL Florida,"
    "GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,"
    "MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,"
    "NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,"
    "OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,"
    "VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming,DC District of Columbia,"
    "DC Washington DC,PR Puerto Rico,GU Guam,VI Virgin Islands,VI US Virgin Islands,AS American Samoa,"
    "MP Northern Mariana Islands"
)
# The abbreviations of the time before two letters, as they are still written.
_SHORT: Final = (
    "AL Ala,AZ Ariz,AR Ark,CA Calif,CO Colo,CT Conn,DE Del,FL Fla,IL Ill,IN Ind,KS Kans,KS Kan,MA Mass,MI Mich,MN Minn,"
    "MS Miss,MT Mont,NE Nebr,NE Neb,NV Nev,NH N H,NJ N J,NM N Mex,NY N Y,NC N C,ND N Dak,OK Okla,OR Ore,PA Penn,"
    "PA Penna,RI R I,SC S C,SD S Dak,TN Tenn,TX Tex,VT Vt,WA Wash,WV W Va,WI Wis,WI Wisc,WY Wyo,DC D C"
)
STATES: Final[Mapping[str, str]] = {
    word_key(name): code for code, _, name in (entry.partition(" ") for entry in f"{_NAMES},{_SHORT}".split(","))
}
