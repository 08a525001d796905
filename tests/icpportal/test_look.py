"""Tags and filters, form rendering and partials, as pages use them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.translation import gettext_lazy

from icpportal.fields import marked_text
from icpportal.templatetags import portal
from tests.icpportal.look_urls import DUE, EMPTY_SLOT, NOW, SLOT, STATES
from transfers.orders.states import BY_KEY as ORDERS
from transfers.pages.stages import Stepper, StepShown

HOSTILE = '<script>alert(1)</script>"&陈'


def draw(source, language="en", **context):
    """Renders `source` as a template with the portal's tags."""
    template = engines["django"].from_string("{% load i18n portal %}" + source)
    with translation.override(language):
        return template.render(context)


def flat(html):
    return re.sub(r"\s+", " ", html).strip()


def tidy(html):
    """Without the white space before a closing tag, which is invisible."""
    return re.sub(r"\s+</", "</", html)


# --- languages ---------------------------------------------------------------------------------


def test_chinese_in_an_english_page_is_marked_and_left_plain_in_a_chinese_one():
    assert draw("{{ v|zh }}", v="宁ICP备00000000号-1") == '<span lang="zh-Hans" class="num">宁ICP备00000000号-1</span>'
    assert draw("{{ v|zh }}", v="example.com") == "example.com"
    assert draw("{{ v|zh }}", "zh-hans", v="示例纸业") == "示例纸业"
    number = '网站备案号 <span class="num">宁ICP备00000000号-1</span>'
    assert draw("{{ v|zh_parts }}", "zh-hans", v="网站备案号 宁ICP备00000000号-1") == number


def test_only_the_chinese_words_of_a_sentence_are_marked():
    marked = draw("{{ v|zh_parts }}", v="Enter the name 示例纸业 in full")

    assert marked == 'Enter the name <span lang="zh-Hans">示例纸业</span> in full'


@pytest.mark.parametrize(
    ("language", "said", "shown"),
    [("en", "Nothing to do", "."), ("en", "Called Wang's", "."), ("zh-hans", "无需再次办理", "。")],
)
def test_a_sentence_of_a_table_gets_one_full_stop_where_it_is_running_text(
    language: str, said: str, shown: str
) -> None:
    assert (
        draw("{{ v|with_full_stop }}", language, v=said)
        == draw("{{ v|with_full_stop }}", language, v=said + shown)
        == escape(said) + shown
    )


@pytest.mark.parametrize("name", ["zh", "zh_parts"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_typed_text_is_escaped_in_both_languages(name, language):
    drawn = draw("{{ v|" + name + " }}", language, v=HOSTILE)

    assert "<script" not in drawn
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;" in drawn


def test_a_text_with_its_own_marks_is_not_marked_twice():
    hint = format_html('such as <span lang="zh-Hans">{}</span>', "示例")

    assert draw("{{ v|zh_parts }}", v=hint) == 'such as <span lang="zh-Hans">示例</span>'


def test_a_lazy_translation_is_resolved_when_the_page_is_rendered():
    assert draw("{{ v|zh }}", "zh-hans", v=gettext_lazy("Help")) == "帮助"


# --- time --------------------------------------------------------------------------------------


def test_a_moment_is_written_inside_a_time_element_with_its_exact_value():
    drawn = draw("{{ v|beijing }}", v=datetime(2020, 11, 27, 8, 20, tzinfo=UTC))

    assert drawn == '<time datetime="2020-11-27T08:20:00+00:00" data-local>Fri 27 Nov 2020, 16:20 Beijing time</time>'


def test_a_moment_has_shorter_styles_and_a_bare_day_has_one():
    at = datetime(2020, 11, 27, 8, 20, tzinfo=UTC)
    words = [re.sub("<.*?>", "", draw("{{ v|beijing:s }}", v=at, s=style)) for style in ("short", "day", "clock")]

    assert words == ["27 Nov 2020 16:20", "Fri 27 Nov 2020", "16:20"]
    assert draw("{{ v|beijing }}", v=date(2020, 11, 27)) == '<time datetime="2020-11-27">Fri 27 Nov 2020</time>'


def test_a_moment_not_known_yet_is_an_empty_place():
    assert draw("{{ v|beijing }}{{ v|time_left }}", v=None) == ""


@pytest.mark.parametrize(
    ("before", "tone"),
    [
        (timedelta(hours=48), "turn"),
        (timedelta(hours=1, seconds=1), "turn"),
        (timedelta(hours=1), "late"),
        (timedelta(seconds=1), "late"),
        (timedelta(0), "over"),
        (timedelta(hours=-3), "over"),
    ],
)
def test_a_deadline_turns_red_in_its_last_hour_and_slate_when_it_is_over(before, tone):
    assert portal.urgency(DUE, DUE - before)["tone"] == tone


def test_a_deadline_gives_the_moment_then_the_time_left_then_the_calendar():
    drawn = draw('{% include "partials/deadline.html" with at=at now=now ics_url="/d.ics" %}', at=DUE, now=NOW)

    order = [drawn.index(part) for part in (">Fri 27 Nov", "1 day 7 hours left", 'href="/d.ics"')]
    assert order == sorted(order)
    assert f'data-countdown="{DUE.isoformat()}" data-now="{NOW.isoformat()}"' in drawn


def test_a_deadline_that_is_over_offers_no_calendar():
    drawn = draw('{% include "partials/deadline.html" with at=at now=now ics_url="/d.ics" %}', at=NOW, now=DUE)

    assert "deadline-over" in drawn
    assert "Time is up" in drawn
    assert "/d.ics" not in drawn


def test_a_printed_slip_says_when_it_was_printed_and_where_it_is():
    source = '{% as_printed "/transfers/T7Q4-M2KX/" %}'
    template = engines["django"].from_string("{% load portal %}" + source)

    with translation.override("en"):
        line = template.render({}, RequestFactory().get("/transfers/T7Q4-M2KX/check/"))

    assert re.fullmatch(r"As of .*\d\d:\d\d Beijing time · http://testserver/transfers/T7Q4-M2KX/", line)


# --- marks -------------------------------------------------------------------------------------


def test_every_state_has_a_tone_and_amber_means_your_turn_only():
    tones = {key: ORDERS[key].tone for key, *_ in STATES}

    amber = {key for key, tone in tones.items() if tone == "amber"}
    assert set(tones) == set(ORDERS)
    assert amber == {"returned", "photo_due", "phone_due", "authority_returned", "cooling_off"}
    assert {key for key, tone in tones.items() if tone == "red"} == {"refused"}


def test_a_state_is_a_shape_and_a_word_and_the_shape_is_hidden_from_screen_readers():
    drawn = draw('{% include "partials/state.html" %}', state=ORDERS["returned"])

    assert "state-amber" in drawn
    assert 'aria-hidden="true"' in drawn
    assert "#pencil" in drawn
    assert re.sub("<.*?>", "", drawn).strip() == "Changes needed"


def test_a_state_may_name_its_own_look_as_an_object_too():
    class Mark:
        def __init__(self):
            self.key, self.label, self.tone = "draft", "Draft", "violet"

    assert portal.state_look(Mark()) == {"tone": "violet", "icon": "circle-dashed"}
    assert portal.state_look({"key": "draft", "icon": "flag"}) == {"tone": "slate", "icon": "flag"}


def test_an_icon_is_hidden_unless_it_is_named():
    silent, named = draw('{% icon "bell" %}'), draw('{% icon "bell" label %}', label=HOSTILE)

    assert 'aria-hidden="true"' in silent
    assert 'role="img" aria-label="&lt;script' in named
    assert "aria-hidden" not in named


def test_the_riding_seal_has_one_arc_per_step_and_closes_at_the_end():
    third = draw("{% riding_seal 3 7 %}")
    closed = draw("{% riding_seal 7 7 closed=True %}")

    assert re.findall(r"arc-(\w+)", third) == ["done", "done", "now", "todo", "todo", "todo", "todo"]
    assert ">3</text>" in third
    assert re.findall(r"arc-(\w+)", closed) == ["done"] * 7
    assert "is-closed" in closed


def test_the_stepper_says_in_words_the_current_and_the_finished_steps():
    steps = (StepShown("Type", "/1/", is_done=True, is_now=False), StepShown("Product", "", is_done=False, is_now=True))
    stepper = Stepper("Transfer", 2, 2, steps=steps)

    drawn = flat(draw('{% include "partials/stepper.html" %}', stepper=stepper))

    assert "Transfer · Step 2 of 2" in drawn
    assert '<a href="/1/">Type</a>' in drawn
    assert drawn.count('aria-current="step"') == 1
    assert '<li class="now" aria-current="step"> Product <span class="sr">you are here</span>' in drawn
    assert "Next:" not in drawn


# --- differences -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("649999198806060003", "649999198806060008", "64999919880606000<del>3</del><ins>8</ins>"),
        ("示例路1号", "示例路12号", "示例路1<ins>2</ins>号"),
        ("", "陈样例", "<ins>陈样例</ins>"),
        ("same", "same", "same"),
        ("<b>", "<i>", "&lt;<del>b</del><ins>i</ins>&gt;"),
    ],
)
def test_a_difference_marks_exactly_the_characters_that_changed(old, new, expected):
    assert marked_text.difference(old, new) == expected


def test_old_and_new_values_have_their_own_marks():
    assert marked_text.only_old("10003", "10008") == "1000<del>3</del>"
    assert marked_text.only_new("10003", "10008") == "1000<ins>8</ins>"


# --- forms -------------------------------------------------------------------------------------


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the document, such as 陈样例", max_length=5, min_length=2)
    nature = forms.ChoiceField(label="Nature", choices=[("a", "Enterprise"), ("b", "个人")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    agree = forms.BooleanField(label="I agree", help_text="You can take this back")
    secret = forms.CharField(widget=forms.HiddenInput)


def tag(html, start):
    at = html.index(start)
    return html[at : html.index(">", at) + 1]


def test_a_field_is_a_label_a_hint_and_an_input_that_names_its_hint():
    drawn = tidy(draw("{{ form }}", form=Sample()))

    box = tag(drawn, '<input type="text" name="name"')
    assert '<label class="label" for="id_name">Name</label>' in drawn
    assert '<div class="hint" id="id_name_helptext">As on the document, such as <span lang="zh-Hans">' in drawn
    assert 'aria-describedby="id_name_helptext"' in box
    assert "aria-invalid" not in box


def test_no_required_or_length_attribute_keeps_our_own_messages_from_being_read():
    drawn = draw("{{ form }}", form=Sample())

    assert "required" not in drawn
    assert not re.search(r'\s(max|min)length="', drawn)
    assert 'data-maxlength="5"' in drawn


def test_optional_fields_say_so_and_the_others_have_no_mark():
    drawn = tidy(draw("{{ form }}", form=Sample()))

    assert drawn.count("(optional)") == 1
    assert '>Note<span class="optional">(optional)</span></label>' in drawn
    assert "*" not in drawn


def test_a_wrong_field_says_error_before_its_message_and_is_linked_to_it():
    drawn = draw("{{ form }}", form=Sample({"name": "陈样例陈样例"}))

    box = tag(drawn, '<input type="text" name="name"')
    assert 'aria-invalid="true"' in box
    assert 'aria-describedby="id_name_helptext id_name_error"' in box
    assert flat(drawn[drawn.index('id="id_name_error"') :]).startswith(
        'id="id_name_error"><p><span class="sr">Error:</span> Ensure'
    )


def test_choices_are_a_fieldset_whose_legend_and_error_belong_together():
    drawn = tidy(draw("{{ form }}", form=Sample({"name": "Chen"})))

    assert '<fieldset aria-describedby="id_nature_error">' in drawn
    assert '<legend class="label">Nature</legend>' in drawn
    assert '<label for="id_nature_1"><span lang="zh-Hans">个人</span></label>' in drawn


def test_a_tick_box_stands_before_its_label_and_is_unticked():
    drawn = flat(draw("{{ form.agree.as_field_group }}", form=Sample()))

    assert re.search(
        r'<div class="choice"><input type="checkbox"[^>]*><label for="id_agree">I agree</label></div>', drawn
    )
    assert "checked" not in drawn


def test_the_summary_lists_every_message_once_and_links_it_to_its_input():
    form = Sample({"secret": ""})
    form.add_error(None, "Compare, then save")

    drawn = flat(draw('{% include "partials/error_summary.html" %}', form=form))

    assert "5 changes needed" in drawn
    assert re.findall(r'href="#(\w+)"', drawn) == ["id_name", "id_nature_0", "id_agree"]
    assert "<li>Compare, then save</li>" in drawn
    assert 'role="alert"' in drawn


def test_an_error_of_several_fields_names_each_of_them_in_the_summary():
    form = Sample({"name": "Chen", "nature": "a", "agree": "on", "secret": "x"})
    for field in ("name", "nature"):
        form.add_error(field, "Enter 11 digits")
    form.add_error("agree", "Tick the box")

    drawn = flat(draw('{% include "partials/error_summary.html" %}', form=form))

    lines = [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<li>(.*?)</li>", drawn)]
    assert lines == ["Name · Enter 11 digits", "Nature · Enter 11 digits", "Tick the box"]


def test_a_single_error_is_shown_once_and_the_title_of_the_page_begins_with_error():
    form = Sample({"name": "Chen", "nature": "a", "secret": "x"})
    page = '{% extends "base.html" %}{% block title %}Details{% endblock %}{% block content %}{{ form }}{% endblock %}'

    with translation.override("en"):
        drawn = engines["django"].from_string(page).render({"form": form})
    summary = draw('{% include "partials/error_summary.html" %}', form=form)

    assert "<title>Error: Details · ICP Filing</title>" in drawn
    with translation.override("zh-hans"):
        assert "<title>错误：Details · 网站备案</title>" in engines["django"].from_string(page).render({"form": form})
    assert "1 change needed" in summary


def test_an_unsent_form_has_no_summary_and_no_error_in_the_title():
    page = '{% extends "base.html" %}{% block title %}Details{% endblock %}'

    with translation.override("en"):
        drawn = engines["django"].from_string(page).render({"form": Sample()})

    assert "<title>Details · ICP Filing</title>" in drawn
    assert draw('{% include "partials/error_summary.html" %}', form=Sample()).strip() == ""


def test_a_form_passed_twice_is_listed_once():
    form = Sample({"name": "Chen", "nature": "a", "secret": "x"})

    drawn = flat(draw('{% include "partials/error_summary.html" %}', form=form, forms=[form]))

    assert "1 change needed" in drawn
    assert re.findall(r'href="#(\w+)"', drawn) == ["id_agree"]


def test_two_forms_of_one_page_share_one_summary():
    first, second = Sample({"secret": "x"}, prefix="lead"), Sample({"secret": "x"}, prefix="site")

    drawn = draw('{% include "partials/error_summary.html" %}', forms=[first, second])

    assert "id_lead-name" in drawn
    assert "id_site-name" in drawn
    assert drawn.count('id="error-summary"') == 1


def test_errors_of_the_form_itself_are_shown_above_its_fields_too():
    form = Sample({"name": "Chen"})
    form.add_error(None, "Compare, then save")

    drawn = draw("{{ form }}", form=form)

    assert drawn.index("Compare, then save") < drawn.index('name="name"')


def test_a_password_can_be_shown_by_a_button_that_appears_with_script():
    class Secret(forms.Form):
        password = forms.CharField(label="Filing password", widget=forms.PasswordInput)

    drawn = draw("{{ form }}", form=Secret({"password": "Abc12345"}))

    assert tag(drawn, "<button").endswith('data-reveal="id_password" data-hide="Hide" hidden>')
    assert "Abc12345" not in drawn


# --- partials ----------------------------------------------------------------------------------


def test_a_notice_keeps_its_markup_and_escapes_its_title():
    drawn = draw('{% notice "turn" title %}<p>Go <b>on</b></p>{% endnotice %}', title=HOSTILE)

    assert "notice-turn" in drawn
    assert "<p>Go <b>on</b></p>" in drawn
    assert "<script" not in drawn


def test_a_checking_slot_polls_and_offers_refresh_without_script():
    slot = {"key": "a", "title": "Licence", "state": "checking", "poll_url": "/p/", "refresh_url": "?again"}

    drawn = draw(SLOT, slot={**EMPTY_SLOT, **slot, "preview_url": "/secret.jpg"})

    assert 'data-poll="/p/"' in drawn
    assert 'href="?again"' in drawn
    assert "/secret.jpg" not in drawn


def test_a_ready_slot_shows_its_picture_and_stops_polling():
    slot = {"key": "a", "title": "Licence", "state": "ready", "poll_url": "/p/", "preview_url": "/d/x/"}

    drawn = draw(SLOT, slot=EMPTY_SLOT | slot)

    assert '<img src="/d/x/" alt="Licence" loading="lazy">' in drawn
    assert "data-poll" not in drawn


def test_a_refused_paper_is_shown_with_what_to_do():
    slot = {"key": "a", "title": "Licence", "state": "refused", "reason": "Take it again from nearer"}

    drawn = draw(SLOT, slot=EMPTY_SLOT | slot)

    assert "slot-again" in drawn
    assert "Upload again" in drawn
    assert "Take it again from nearer" in drawn


def test_an_action_is_a_link_or_a_form_of_one_button_and_names_what_it_acts_on():
    link = draw('{% include "partials/action.html" %}', action={"label": "Open", "url": "/o/"})
    post = draw(
        '{% include "partials/action.html" %}',
        action={"label": "Remove", "url": "/r/", "post": True, "kind": "danger", "about": "Licence"},
        csrf_token="token",
    )

    assert link.strip() == '<a class="button button-secondary" href="/o/">Open</a>'
    assert '<form method="post" action="/r/"><input type="hidden" name="csrfmiddlewaretoken"' in post
    assert '<button class="button button-danger">Remove<span class="sr"> Licence</span></button>' in post


def test_a_changed_answer_shows_old_and_new_and_an_empty_one_says_so():
    rows = [{"label": "Number", "value": "10008", "old": "10003"}, {"label": "Note", "value": "", "change_url": "/n/"}]

    drawn = flat(draw('{% include "partials/summary_list.html" %}', rows=rows))

    assert "1000<del>3</del>" in drawn
    assert "1000<ins>8</ins>" in drawn
    assert "not given" in drawn
    assert '<a href="/n/">Change<span class="sr"> Note</span></a>' in drawn


def test_the_timeline_folds_what_is_older_and_escapes_what_a_reviewer_wrote():
    event = {"key": "submitted", "at": NOW, "who": "You", "what": "Sent", "note": HOSTILE}

    drawn = draw('{% include "partials/timeline.html" %}', events=[event], older=[event, event])

    assert drawn.count('<li class="event') == 3
    assert "2 earlier entries" in drawn
    assert "<script" not in drawn


def test_pages_of_a_list_are_offered_only_if_there_are_several():
    assert draw('{% include "partials/pagination.html" %}').strip() == ""
    assert 'href="/o/"' in draw('{% include "partials/pagination.html" with older_url="/o/" %}')


def test_the_masks_are_those_of_the_privacy_package():
    shown = draw(
        "{{ n|mask_name }} {{ m|mask_mobile }} {{ e|mask_email }}", n="陈样例", m="13900000002", e="chen@example.com"
    )

    assert shown == "陈*例 139****0002 c***@example.com"
