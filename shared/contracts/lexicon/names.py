"""Words that are part of names without being the name: titles, generations, forms of companies.

They are compared in upper case, without punctuation.
"""

from typing import Final

# Behind a name: generations, degrees, professions.
SUFFIXES: Final = frozenset(
    ("JR", "SR", "II", "III", "IV", "2ND", "3RD", "4TH", "MD", "DDS", "DMD", "PHD", "ESQ", "CPA", "RN", "DVM", "JD")
)
# Of these one person has one: a father and his son have two. They are compared as they are written here.
GENERATIONS: Final = frozenset(("JR", "SR", "II", "III", "IV", "2ND", "3RD", "4TH"))
TITLES: Final = frozenset(("MR", "MRS", "MS", "MISS", "DR", "PROF", "REV", "HON", "SGT", "CAPT"))
# What stands where a name is not known. A name of such words alone, and of words beside them, is none.
NAMELESS_WORDS: Final = frozenset(
    (
        *(
            "unknown",
            "occupant",
            "occupants",
            "resident",
            "residents",
            "vacant",
            "tenant",
            "tenants",
            "test",
            "testing",
        ),
        *("inactive", "deleted", "pending", "tbd", "xxx", "xxxx", "xxxxx", "noname", "unassigned", "placeholder"),
        *("donotuse", "closed", "cancelled", "canceled", "null", "nan", "none", "missing", "undefined", "unavailable"),
        *("provided", "available", "nobody", "noone", "anonymous", "default", "dummy"),
    )
)
WORDS_BESIDE_NAMELESS: Final = frozenset(
    (
        "current",
        "new",
        "account",
        "acct",
        "customer",
        "name",
        "no",
        "do",
        "not",
        "use",
        "given",
        "the",
        "or",
        "owner",
        "user",
    )
)
# What no person is called: one of them makes a company.
COMPANY_FORMS: Final = frozenset(
    (
        *(
            "LLC",
            "LLP",
            "LP",
            "PLLC",
            "INC",
            "INCORPORATED",
            "CORP",
            "CORPORATION",
            "LTD",
            "LIMITED",
            "COMPANY",
            "ASSN",
            "ASSOC",
        ),
        *("ASSOCIATION", "ASSOCIATES", "FOUNDATION", "UNIVERSITY", "COLLEGE", "DISTRICT", "DEPARTMENT", "PROPERTIES"),
        *(
            "APARTMENTS",
            "CONDOMINIUM",
            "ENTERPRISES",
            "HOLDINGS",
            "VENTURES",
            "RENTALS",
            "REALTY",
            "MANAGEMENT",
            "SERVICES",
        ),
        *(
            "DBA",
            "PLUMBING",
            "ROOFING",
            "HEATING",
            "LANDSCAPING",
            "CONSTRUCTION",
            "CONTRACTING",
            "AUTOMOTIVE",
            "CLEANERS",
        ),
        *(
            "BROS",
            "SONS",
            "PIZZA",
            "CAFE",
            "BAKERY",
            "SALON",
            "DENTAL",
            "CLINIC",
            "HOSPITAL",
            "PHARMACY",
            "MOTEL",
            "OFFICE",
        ),
        *("AGENCY", "AUTHORITY", "COMMISSION", "LIBRARY", "LAUNDRY", "STORAGE", "TOWING", "TRUCKING", "SUPPLY"),
        *(
            "PARTNERS",
            "INDUSTRIES",
            "SOLUTIONS",
            "INVESTMENTS",
            "MINISTRIES",
            "RESTAURANT",
            "POSTAL",
            "OFFICES",
            "APTS",
        ),
        *("APARTMENT", "CREDIT", "DEPT", "VFW", "TTEE", "TTEES", "TRUSTEE", "TRUSTEES", "EXECUTOR", "EXECUTRIX"),
        *("CONSERVATOR", "CONDO", "CONDOS", "CONDOMINIUMS", "TOWNHOMES", "TOWNHOUSES", "DEPARTMENTS", "ASSOCIATIONS"),
        *(
            "CONSULTING",
            "ELECTRICAL",
            "INSURANCE",
            "MORTGAGE",
            "UTILITIES",
            "UNLIMITED",
            "INTERNATIONAL",
            "COOPERATIVE",
        ),
    )
)
# As the last of several words, without a comma before: "Acme Co", "Lakeside HOA", "Ortiz Family Trust".
COMPANY_ENDINGS: Final = frozenset(
    (
        *("CO", "HOA", "TRUST", "ESTATE", "EST", "GROUP", "SCHOOL", "SCHOOLS", "CLUB", "HOTEL", "FARMS", "SERVICE"),
        *(
            "FIRM",
            "AUTO",
            "REPAIR",
            "RENTAL",
            "PROPERTY",
            "MINISTRY",
            "MOTORS",
            "HOMES",
            "BUILDERS",
            "NURSERY",
            "ACADEMY",
        ),
    )
)
# What people are called too: two of them make a company, or one with "of" behind it ("Bank of Riverbend").
COMPANY_WORDS: Final = frozenset(
    (
        *(
            "CITY",
            "TOWN",
            "VILLAGE",
            "COUNTY",
            "STATE",
            "CHURCH",
            "BANK",
            "SCHOOL",
            "TRUST",
            "ESTATE",
            "GROUP",
            "FIRE",
            "PARK",
        ),
        *("FARM", "FARMS", "SHOP", "STORE", "CENTER", "HOTEL", "CLUB", "BAPTIST", "METHODIST", "LUTHERAN", "CATHOLIC"),
        *(
            "NATIONAL",
            "FEDERAL",
            "COMMUNITY",
            "PUBLIC",
            "HIGH",
            "ELEMENTARY",
            "UNITED",
            "VOLUNTEER",
            "MEMORIAL",
            "FIRST",
        ),
        *("ELKS", "MOOSE", "MASONIC", "EAGLES", "LODGE", "POST", "LEGION", "AMERICAN", "UNION", "NA", "US", "MOBILE"),
        *("HOME", "LAW", "WORKS", "STATES", "ARMY", "VETERANS", "REGIONAL", "GENERAL", "CENTRAL", "VALLEY", "HOUSING"),
    )
)
