"""What the mails about a card are about: each can be stopped by itself (UX 4.2); mails of no topic stop with all."""

from enum import StrEnum


class Topic(StrEnum):
    """Its value names the consent that a member takes back to stop it; never asked, it is wanted."""

    REWARDS = "mail_rewards"
    POINTS = "mail_points"
    TIERS = "mail_tiers"
    PROGRAMS = "mail_programs"


TOPIC_WORDS = {
    Topic.REWARDS: "rewards: new ones, and those that run out",
    Topic.POINTS: "points that run out",
    Topic.TIERS: "tiers: a new one, and how far it is to the next",
    Topic.PROGRAMS: "programs that end",
}
"""What follows "E-mails about"."""

TOPIC_SLUGS = {topic.value.removeprefix("mail_"): topic for topic in Topic}
"""How a topic is named in an address."""


def topic_slug(topic: Topic) -> str:
    """Return how the topic is named in an address, such as "points"."""
    return topic.value.removeprefix("mail_")
