"""Valid Belgian numbers and made-up people for the tests: nobody's."""

from __future__ import annotations

import random


def national(random: random.Random) -> str:
    birth = f"{random.randint(40, 99):02}{random.randint(1, 12):02}{random.randint(1, 28):02}{random.randint(1, 997):03}"
    return f"{birth}{97 - int(birth) % 97:02}"


def bis(random: random.Random) -> str:
    birth = f"{random.randint(40, 99):02}{random.randint(21, 32):02}{random.randint(1, 28):02}{random.randint(1, 997):03}"
    return f"{birth}{97 - int(birth) % 97:02}"


def enterprise(random: random.Random) -> str:
    start = f"0{random.randint(2_000_000, 7_999_999)}"
    return f"{start}{97 - int(start) % 97:02}"


def establishment(random: random.Random) -> str:
    start = f"2{random.randint(1_000_000, 9_999_999)}"
    return f"{start}{97 - int(start) % 97:02}"


def iban(random: random.Random) -> str:
    account = f"001{random.randint(0, 10**7 - 1):07}"  # a bank that exists, which the checksum alone does not ask
    account += f"{int(account) % 97 or 97:02}"
    return f"BE{98 - int(f'{account}111400') % 97:02}{account}"


def ogm(random: random.Random) -> str:
    start = f"{random.randint(10**9, 10**10 - 1)}"
    whole = f"{start}{int(start) % 97 or 97:02}"
    return f"+++{whole[:3]}/{whole[3:7]}/{whole[7:]}+++"


def plate(random: random.Random) -> str:
    letters = "".join(random.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(3))
    return f"{random.randint(1, 2)}-{letters}-{random.randint(0, 999):03}"
