from dataclasses import replace
from pathlib import Path

import pytest

from stack.kafka_jars import KAFKA_VERSION, Jar, KafkaJarsError, cache_directory, ensure_jars, read_lock


@pytest.fixture
def smallest() -> Jar:
    """The jar that is quickest to fetch."""
    ensure_jars()
    return min(read_lock(), key=lambda jar: (cache_directory() / "jars" / jar.filename).stat().st_size)


def test_the_lock_names_one_release_of_kafka() -> None:
    jars = read_lock()
    assert len(jars) == 45
    assert {jar.version for jar in jars if jar.group == "org.apache.kafka"} == {KAFKA_VERSION}
    assert len({jar.filename for jar in jars}) == len(jars)


def test_a_jar_with_another_sha256_is_refused(smallest: Jar, tmp_path: Path) -> None:
    with pytest.raises(KafkaJarsError, match="has the sha256"):
        ensure_jars([replace(smallest, sha256="0" * 64)], tmp_path)
    assert not list((tmp_path / "jars").glob("*.jar"))


def test_a_damaged_jar_in_the_cache_is_fetched_anew(smallest: Jar, tmp_path: Path) -> None:
    (tmp_path / "jars").mkdir()
    damaged = tmp_path / "jars" / smallest.filename
    damaged.write_bytes(b"half a jar")
    assert ensure_jars([smallest], tmp_path) == [damaged]
    assert damaged.stat().st_size > 1000


def test_what_cannot_be_fetched_is_named(tmp_path: Path) -> None:
    with pytest.raises(KafkaJarsError, match="nothing-of-that-name"):
        ensure_jars([Jar("org.apache.kafka", "nothing-of-that-name", "0", "0" * 64)], tmp_path)
