"""Addresses that nobody reads, and the providers whose names are often misspelt."""

from typing import Final

# Whole local parts, as they are written.
PLACEHOLDER_LOCALS: Final = frozenset(("no", "na", "nil", "none", "null", "test", "email", "xxx", "xxxx", "foo"))
# The same without digits, dots, hyphens and underscores: "no-email", "noemail123".
PLACEHOLDER_NAMES: Final = frozenset(
    (
        *(
            "noemail",
            "noemails",
            "noemailaddress",
            "noemailgiven",
            "nomail",
            "noaddress",
            "none",
            "null",
        ),
        *(
            "notavailable",
            "notprovided",
            "notgiven",
            "notapplicable",
            "noreply",
            "donotreply",
            "donotemail",
            "donotcontact",
        ),
        *(
            "unknown",
            "declined",
            "refused",
            "decline",
            "refuse",
            "invalid",
            "fake",
            "fakeemail",
            "dummy",
            "test",
            "testing",
        ),
        *(
            "nonegiven",
            "noneprovided",
            "needemail",
            "getemail",
            "placeholder",
            "changeme",
            "undefined",
            "asdf",
            "asdfasdf",
        ),
        *("email", "emailaddress", "nobody", "noone", "nope", "blank", "bogus", "missing", "missingemail", "temp"),
        *("noemailonfile", "noemailprovided", "noemailavailable", "noemailaddressgiven", "hasnoemail", "noemailhere"),
        *("donthaveemail", "doesnothaveemail", "doesnthaveemail", "needsemail", "emailneeded", "updateemail"),
        *("emailrefused", "refusedemail", "emaildeclined", "declinedemail", "unknownemail", "emailunknown"),
        *("invalidemail", "notonfile", "notsupplied", "nonesupplied", "youremail", "yourname", "someone", "somebody"),
        *("qwerty", "removed", "deleted", "optedout", "unsubscribed", "wontprovide", "dontknow", "anonymous", "sample"),
        *("deceased", "decd", "bounce", "bounced", "hardbounce", "undeliverable", "hasnone", "hasnomail", "paper"),
        *(
            "didnotprovide",
            "didnotgive",
            "wouldnotprovide",
            "wouldnotgive",
            "willnotprovide",
            "willnotgive",
            "wontgive",
        ),
        *("noinfo", "noinformation", "notlisted", "nodata", "noaccount", "nomailaddress", "noemailaccount", "nada"),
        *(
            "sincorreo",
            "noaplica",
            "notiene",
            "notienecorreo",
            "noemailprovide",
            "customerdeclined",
            "declinetoprovide",
        ),
        *(
            "tbd",
            "tba",
            "default",
            "foobar",
            "tobedetermined",
            "pending",
            "nullnull",
            "dontuse",
            "donotuse",
            "noemailyet",
        ),
        *("noinet", "doesnothave", "doesnthave", "needsupdate"),
        *("paperbill", "paperonly", "papermail", "mailonly", "nointernet", "nocomputer", "closed", "customerrefused"),
    )
)
# What stands in a column of user names where nobody has one.
NO_USER_NAMES: Final = (
    PLACEHOLDER_LOCALS
    | PLACEHOLDER_NAMES
    | frozenset(
        (
            "user",
            "username",
            "login",
            "loginname",
            "userid",
            "default",
            "newuser",
            "tbd",
            "pending",
            "inactive",
            "abc",
            "abc123",
        )
    )
)
# The name of the domain, without its ending.
PLACEHOLDER_DOMAINS: Final = frozenset(
    (
        *(
            "noemail",
            "noemailaddress",
            "nomail",
            "none",
            "null",
            "unknown",
            "declined",
            "refused",
            "fake",
            "fakeemail",
            "invalid",
        ),
        *("test", "testing", "domain", "yourdomain", "bogus", "nobody", "noone", "nope", "blank", "anonymous", "asdf"),
        *("noreply", "donotreply", "nowhere", "notprovided", "notavailable", "placeholder", "dummy", "xxx", "xxxx"),
        *("customer", "customers", "noaddress", "didnotprovide", "nothing", "nomailaddress", "noinfo", "notgiven"),
        *("default", "tbd", "tba", "foobar", "noemailprovided", "noemailonfile"),
        *("hasnone", "hasnoemail", "deceased", "paper", "paperbill", "bounce", "bounced", "nointernet", "donotemail"),
    )
)
# "x@x.com", "na@na.com", "123@123.com": a short name that is the domain's as well.
LONGEST_REPEATED: Final = 4
MAIL_PROVIDERS: Final = frozenset(
    (
        *(
            "gmail.com",
            "googlemail.com",
            "yahoo.com",
            "ymail.com",
            "rocketmail.com",
            "hotmail.com",
            "outlook.com",
            "live.com",
        ),
        *(
            "msn.com",
            "icloud.com",
            "me.com",
            "mac.com",
            "aol.com",
            "comcast.net",
            "verizon.net",
            "att.net",
            "sbcglobal.net",
        ),
        *(
            "bellsouth.net",
            "cox.net",
            "charter.net",
            "earthlink.net",
            "optonline.net",
            "frontier.com",
            "windstream.net",
        ),
        *("protonmail.com", "proton.me", "mail.com", "email.com", "aim.com", "gmx.com", "juno.com", "centurylink.net"),
    )
)
# Providers whose names with another ending are slips, and the endings: "gmail.net", "aol.om".
PROVIDER_NAMES: Final = frozenset(
    (
        *("gmail", "googlemail", "yahoo", "ymail", "rocketmail", "hotmail", "msn", "icloud", "aol", "comcast"),
        *("verizon", "sbcglobal", "bellsouth", "optonline", "earthlink", "centurylink", "protonmail"),
    )
)
SLIPPED_ENDINGS: Final = frozenset(("com", "net", "org", "co", "cm", "om", "ne", "com.com"))
# Shorter ones have too many neighbors that are domains of their own.
SHORTEST_MISSPELT: Final = len("msn.com") + 1
