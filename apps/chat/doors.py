"""How quickly somebody attaches files, makes closed groups, asks others in, answers and leaves.

A form and a call of the API take from one bucket of each deed (`Paced.spend_at`).
"""

from apps.live.registry import Rate

RATES = {
    "chat.attach": Rate(per_second=0.5, burst=10),
    "chat.make_group": Rate(per_second=0.02, burst=5),
    "chat.invite": Rate(per_second=0.1, burst=10),
    "chat.answer": Rate(per_second=0.5, burst=10),
    "chat.leave": Rate(per_second=0.5, burst=20),
}
