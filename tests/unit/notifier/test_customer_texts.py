"""Texts of emails to customers: notice-6, notice-7 and notice-8."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.customer_texts import (
    About,
    Facts,
    MergeField,
    Text,
    example,
    is_broken,
    render,
    together,
    unknown_fields,
    values_of,
)
from services.notifier.usecases.customer_texts import refuse_faults
from shared.errors import Invalid

ANN = example(7, "Mill Valley Water")
PLAIN = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]))


@pytest.mark.parametrize("about", About)
def test_a_default_text_is_valid_and_leaves_no_field_open(about: About) -> None:
    default = about.spec.default
    refuse_faults(about, default)
    filled = render(default, values_of(about, ANN))
    assert "Mill Valley Water" in filled.subject
    assert "{" not in filled.subject + filled.body
    assert "  " not in filled.body


@given(before=PLAIN, after=PLAIN, value=st.text())
def test_what_a_value_contains_is_never_taken_for_a_field(before: str, after: str, value: str) -> None:
    """Nor lost: the text around it stays as it is."""
    text = Text("s", f"{before}{{{{ customer_name }}}}{after}")
    assert render(text, {MergeField.CUSTOMER_NAME: value}).body == before + value + after


@given(names=st.lists(st.sampled_from(MergeField), min_size=1), between=PLAIN)
def test_every_field_is_filled_wherever_it_is(names: list[MergeField], between: str) -> None:
    text = between.join(f"{{{{{name.value}}}}}" for name in names)
    assert not is_broken(text)
    assert render(Text("s", text), {name: name.words for name in MergeField}).body == between.join(
        name.words for name in names
    )


@given(text=st.text(st.sampled_from("{} ab_"), max_size=30))
def test_a_text_without_faults_leaves_no_double_braces(text: str) -> None:
    body = f"x{text}"
    if not is_broken(body) and not unknown_fields(About.ACTIVATION, body):
        filled = render(Text("s", body), values_of(About.ACTIVATION, ANN)).body
        assert "{{" not in filled
        assert "}}" not in filled


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Hello {{ name }}", "email_field_unknown"),
        ("Hello {{ payment_method }}", "email_field_unknown"),  # a field of another email
        ("Hello {{}}", "email_field_unknown"),
        ("Hello {{ biller_name }", "email_field_broken"),
        ("Hello biller_name }}", "email_field_broken"),
        ("Hello {{{ biller_name }}}", "email_field_broken"),
        (" \n", "email_text_empty"),
        ("\ufeff \u200b", "email_text_empty"),
        ("Hello\x1b[31m", "text_unreadable"),
        ("Hello \u202elivE", "text_unreadable"),
        ("Hello\x7f", "text_unreadable"),
        ("Your card 4111 1111 1111 1111", "F008"),
    ],
)
def test_a_fault_has_a_code_a_place_and_a_remedy(body: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_faults(About.PAPERLESS_STARTED, Text("Subject", body))
    assert (refused.value.code, refused.value.place) == (code, "body")
    assert refused.value.remedy
    with pytest.raises(Invalid) as refused:
        refuse_faults(About.PAPERLESS_STARTED, Text(body, "Body"))
    assert (refused.value.code, refused.value.place) == (code, "subject")


def test_signs_of_other_languages_and_lines_are_no_fault() -> None:
    refuse_faults(
        About.PAPERLESS_STARTED,
        Text("\u05d7\u05e9\u05d1\u05d5\u05df\u200f \u2600", "Hello,\r\n\n\tAnn \U0001f468\u200d\U0001f469"),
    )


def test_an_unknown_field_is_named_with_those_there_are() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_faults(About.AUTOPAY_MOVED, Text("For {{ nobody }}", "Body"))
    assert (refused.value.place, "nobody" in refused.value.title) == ("subject", True)
    assert "payment_method" in refused.value.remedy


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (ANN, "checking account ending in 6789"),
        (replace(ANN, account_type=None), "bank account ending in 6789"),
        (replace(ANN, method_kind="card", card_brand="Visa", last4="1111"), "Visa ending in 1111"),
        (replace(ANN, method_kind="card", last4=None), "card"),
        (replace(ANN, method_kind=None), "payment method"),
    ],
)
def test_a_payment_method_is_named_by_its_last_four(facts: Facts, words: str) -> None:
    values = values_of(About.AUTOPAY_MOVED, facts)
    assert values[MergeField.PAYMENT_METHOD] == words


def test_many_accounts_are_listed_up_to_ten() -> None:
    facts = Facts(7, "Water", account_numbers=[f"A{number}" for number in range(12)])
    assert values_of(About.ACTIVATION, facts)[MergeField.ACCOUNT_NUMBERS].endswith("A9 and 2 more")


def test_a_value_is_one_line_and_a_customer_without_a_name_a_customer() -> None:
    values = values_of(About.ACTIVATION, Facts(7, "Mill\r\nBcc: x@example.com", customer_name=None))
    assert values[MergeField.BILLER_NAME] == "Mill Bcc: x@example.com"
    assert values[MergeField.CUSTOMER_NAME] == "customer"
    assert render(Text("{{biller_name}}\n", "b"), values).subject == "Mill Bcc: x@example.com"


def test_addresses_are_masked_in_a_preview_and_where_both_get_the_email() -> None:
    masked = values_of(About.ACTIVATION, replace(ANN, user_name="ann@example.com"), masked=True)
    assert (masked[MergeField.EMAIL], masked[MergeField.USER_NAME]) == ("a***@example.com", "a***@example.com")
    assert values_of(About.ACTIVATION, ANN)[MergeField.EMAIL] == "ann@example.com"
    changed = values_of(About.EMAIL_CHANGED, ANN)
    assert (changed[MergeField.EMAIL], changed[MergeField.FORMER_EMAIL]) == ("a***@example.com", "a***@example.org")


def test_several_texts_are_one_email() -> None:
    assert together([Text("One", "first\n"), Text("Two", "\nsecond")]) == Text("One", "first\n\nsecond\n")
