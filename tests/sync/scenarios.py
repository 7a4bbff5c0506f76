"""The 60 fault scenarios of SYNC section 6: which tests try each, or why none does yet."""

from collections.abc import Mapping
from dataclasses import dataclass

_S, _C, _T, _U = "tests/sync", "tests/central", "tests/store", "tests/ui/conflicts"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault in a few words, its tests as `file::function`, and what of it is not tried here and why."""

    fault: str
    tests: tuple[str, ...] = ()
    not_tried: str = ""


def _by(fault: str, *tests: str, not_tried: str = "") -> Scenario:
    return Scenario(fault, tests, not_tried)


_CUT = f"{_S}/test_line.py::test_whatever_becomes_of_one_request_each_change_is_taken_once"
_FAILS = f"{_S}/test_faults.py::test_whatever_is_cut_each_change_counts_once_and_is_no_conflict_with_oneself"
_RAW = f"{_S}/test_leaving.py::test_a_record_of_a_kind_nobody_knows_is_kept_raw_and_stops_nothing"
_APART = f"{_S}/test_leaving.py::test_changes_that_were_not_sent_go_into_quarantine_and_nowhere_else"
_REVOKED = f"{_S}/test_lease.py::test_whoever_is_revoked_sends_nothing_more_and_holds_nothing"
_KILLED = f"{_S}/test_killed_exchanges.py::test_killed_in_an_exchange_nothing_is_lost_and_nothing_counts_twice"

SCENARIOS: Mapping[int, Scenario] = {
    1: _by("cut before the request", _CUT, _FAILS),
    2: _by("cut in the request", _CUT),
    3: _by("taken, and the answer lost", _CUT, _FAILS),
    4: _by("500 after the commit", _FAILS),
    5: _by("503 before the commit", _FAILS,
           f"{_S}/test_faults.py::test_the_waits_between_tries_grow_with_full_jitter_and_end"),
    6: _by("the request comes twice", _CUT,
           f"{_C}/test_push.py::test_a_push_that_comes_twice_has_its_effect_once_and_the_same_answer"),
    7: _by("two exchanges at once",
           f"{_C}/test_concurrent_writers.py::test_one_push_that_arrives_three_times_at_once_has_one_effect",
           f"{_S}/test_order_and_time.py::test_of_two_exchanges_at_once_one_runs_and_the_other_is_told"),
    8: _by("cut in a page", _CUT),
    9: _by("killed in a pull", _KILLED),
    10: _by("killed in a save",
            f"{_S}/test_killed_exchanges.py::test_killed_in_a_save_the_edit_is_there_with_its_operation_or_not_at_all"),
    11: _by("killed in a push, then edited again", _KILLED),
    12: _by("power loss", f"{_T}/trust/test_lost_changes.py::test_every_cut_of_the_log_is_reported_with_the_number_of_"
            "missing_changes", not_tried="dm-flakey needs root and a kernel of its own"),
    13: _by("different fields", f"{_S}/test_exchange.py::test_different_fields_are_merged_without_a_conflict"),
    14: _by("the same field",
            f"{_S}/test_exchange.py::test_the_same_field_is_a_conflict_on_both_laptops_with_both_values"),
    15: _by("a chain of conflicts", f"{_S}/test_schedule.py::test_no_edit_is_lost_and_all_laptops_end_the_same"),
    16: _by("delete against edit",
            f"{_S}/test_exchange.py::test_an_edit_here_brings_back_what_was_deleted_there",
            f"{_S}/test_exchange.py::test_an_edit_there_brings_back_what_was_deleted_here_and_both_are_told"),
    17: _by("both add", f"{_S}/test_exchange.py::test_both_add_to_the_same_person_and_both_are_there"),
    18: _by("reorder against delete", f"{_S}/test_order_and_time.py::test_a_need_that_is_moved_on_one_laptop_and_"
            "deleted_on_another_returns_and_no_other_is_lost"),
    19: _by("consent withdrawn centrally", _APART),
    20: _by("stale given after withdrawn",
            f"{_S}/test_exchange.py::test_consent_that_a_stale_laptop_records_does_not_overrule_a_withdrawal_it_never_"
            "saw", f"{_S}/test_exchange.py::test_a_stale_end_of_an_alert_does_not_overrule_one_that_goes_on"),
    21: _by("erased while offline",
            f"{_S}/test_leaving.py::test_an_erased_person_leaves_no_word_and_never_comes_back"),
    22: _by("moved while edited",
            f"{_C}/test_taken_out.py::test_a_move_takes_records_from_one_bucket_to_another_with_their_history", _APART),
    23: _by("revoked in the middle", _REVOKED),
    24: _by("revoked and offline past the lease",
            f"{_S}/test_lease.py::test_revoked_while_offline_nothing_goes_until_the_lease_ends_and_all_goes_with_the_"
            "first_contact"),
    25: _by("a role that lost its right", f"{_S}/test_faults.py::test_what_hangs_on_a_refused_record_waits_with_it"),
    26: _by("the access token ends",
            f"{_S}/test_faults.py::test_an_access_token_that_has_ended_is_renewed_and_the_request_repeated"),
    27: _by("the refresh token is refused",
            f"{_S}/test_faults.py::test_a_refresh_token_that_was_refused_asks_for_a_sign_in_and_keeps_what_waits"),
    28: _by("somebody else signs in", f"{_S}/test_order_and_time.py::test_what_waits_of_one_account_does_not_go_out_"
            "under_another"),
    29: _by("the laptop's clock",
            f"{_S}/test_lease.py::test_a_clock_that_jumps_changes_no_merge_and_never_lengthens_the_lease"),
    30: _by("the server's clock goes back", f"{_S}/test_order_and_time.py::test_a_central_store_whose_clock_goes_back_"
            "changes_no_place_and_no_merge"),
    31: _by("the gap of the commit order",
            f"{_C}/test_concurrent_writers.py::test_the_mutant_that_counts_by_a_sequence_loses_the_slow_writers_change"),
    32: _by("the central store was put back",
            f"{_S}/test_leaving.py::test_a_store_that_was_put_back_gets_again_what_the_laptops_have",
            f"{_C}/test_backup_of_the_store.py::test_what_was_erased_after_the_backup_is_erased_again_before_anybody_"
            "reads"),
    33: _by("a replica that lags", f"{_S}/test_leaving.py::test_whatever_is_amiss_with_a_bucket_the_list_of_everything_"
            "mends_it", not_tried="a second PostgreSQL that follows the first is not set up"),
    34: _by("copied or put back",
            f"{_S}/test_copied.py::test_two_copies_of_one_store_both_go_on_and_what_both_have_counts_once",
            f"{_S}/test_copied.py::test_a_backup_that_was_put_back_goes_on_from_where_the_central_store_is"),
    35: _by("a column of the future", f"{_S}/test_leaving.py::test_a_column_of_the_future_is_kept_and_never_sent_back"),
    36: _by("a program that is too old",
            f"{_S}/test_faults.py::test_a_program_that_is_too_old_still_sends_and_says_so"),
    37: _by("a server that is older",
            f"{_C}/test_push.py::test_an_update_of_nothing_is_invalid_and_a_newer_schema_waits_for_the_store"),
    38: _by("an unknown kind", _RAW),
    39: _by("an operation that is never taken", f"{_S}/test_faults.py::test_a_refused_change_stays_here_and_stops_no_"
            "other"),
    40: _by("a record that fits no row",
            f"{_S}/test_leaving.py::test_a_record_that_cannot_be_a_row_here_is_kept_raw_and_stops_nothing"),
    41: _by("the laptop's disk is full", f"{_T}/test_failing_calls.py::test_any_call_of_the_system_may_fail",
            f"{_T}/test_key_rotation_failures.py::test_a_disk_that_is_really_full_leaves_the_old_store_"
            "working", not_tried="an exchange has no row in `failing_operations` yet"),
    42: _by("the server's disk is full",
            f"{_C}/test_disk_full.py::test_a_full_disk_keeps_nothing_of_a_group_and_takes_it_when_there_is_room"),
    43: _by("the keyring", f"{_T}/test_keyring_matrix.py::test_no_keyring_loses_data_or_weakens_it"),
    44: _by("the change of the key is cut",
            f"{_T}/test_key_rotation_kills.py::test_killed_before_any_of_its_lines_one_key_opens_everything"),
    45: _by("a wrong key, a damaged page",
            f"{_T}/trust/test_flipped_bits.py::test_every_flipped_bit_of_the_store_is_noticed_before_it_is_used"),
    46: _by("a portal", f"{_S}/test_line.py::test_who_is_not_the_central_store_gets_nothing_and_gives_nothing",
            f"{_S}/test_http_remote.py::test_each_answer_has_its_name"),
    47: _by("a slow line", f"{_S}/test_line.py::test_a_slow_line_that_breaks_now_and_then_brings_everything_in_the_end",
            not_tried="`tc netem` needs root; parts and pauses of the line stand for it"),
    48: _by("too large, too many",
            f"{_S}/test_faults.py::test_a_request_that_is_too_large_is_halved_until_it_fits",
            f"{_S}/test_exchange.py::test_a_thousand_changes_of_one_afternoon_go_over_in_pages"),
    49: _by("forty laptops at nine",
            f"{_C}/test_concurrent_writers.py::test_ten_writers_on_two_servers_lose_nothing_and_leave_no_hole",
            not_tried="forty, and their times, belong to the benchmarks"),
    50: _by("a deadlock", f"{_C}/test_concurrent_writers.py::test_two_transactions_that_wait_for_each_other_are_both_"
            "done_in_the_end"),
    51: _by("content is cut, wrong, or an orphan",
            f"{_S}/test_content.py::test_an_upload_that_is_cut_goes_on_and_arrives_whole",
            f"{_S}/test_content.py::test_a_download_that_is_cut_keeps_what_came_and_goes_on",
            f"{_S}/test_content.py::test_other_content_than_the_paper_names_is_refused_there_and_here",
            f"{_S}/test_content.py::test_a_removed_paper_loses_its_content_everywhere_and_the_orphan_is_collected",
            f"{_C}/test_blobs.py::test_an_upload_that_was_cut_goes_on_where_it_was",
            f"{_C}/test_blobs.py::test_content_that_is_not_what_its_digest_names_is_refused_and_removed",
            f"{_C}/test_blobs.py::test_content_that_no_paper_in_use_names_is_not_given_and_goes_after_a_day"),
    52: _by("one person on two laptops",
            f"{_C}/test_concurrent_writers.py::test_one_nhs_number_given_to_several_people_at_once_is_ones"),
    53: _by("sealed meanwhile",
            f"{_S}/test_leaving.py::test_a_sealed_record_stands_and_what_was_not_sent_is_kept_as_a_conflict"),
    54: _by("sleep", f"{_S}/test_killed_exchanges.py::test_asleep_in_an_exchange_it_goes_on_with_another_network_and_"
            "nothing_is_lost"),
    55: _by("a form that is open",
            f"{_U}/test_open_forms.py::test_a_plan_that_is_being_written_keeps_its_words_and_cursor",
            f"{_U}/test_open_forms.py::test_a_sheet_that_is_open_keeps_what_is_typed_and_the_page_says_who_changed_what_"
            "it_is_about"),
    56: _by("the store is held", f"{_T}/database/test_failures.py::test_a_store_held_by_another_program_is_busy"),
    57: _by("a malicious client", f"{_C}/test_authorisation.py::test_nobody_can_push_or_confirm_for_another_device",
            f"{_C}/test_push.py::test_a_record_of_another_bucket_is_as_one_that_is_not_there"),
    58: _by("the façade's client",
            f"{_S}/test_beside_the_facade.py::test_what_the_record_changes_is_on_the_laptops_at_their_"
            "next_run",
            f"{_S}/test_beside_the_facade.py::test_another_field_of_a_laptop_offline_is_merged_with_"
            "what_the_record_changed",
            f"{_S}/test_beside_the_facade.py::test_the_same_field_is_a_conflict_on_every_laptop_and_"
            "nothing_is_lost",
            f"{_S}/test_beside_the_facade.py::test_somebody_whom_the_record_brings_can_be_worked_on_"
            "at_once"),
    59: _by("an external FHIR server", not_tried="this version has no bridge to one"),
    60: _by("everything at random", f"{_S}/test_schedule.py::test_no_edit_is_lost_and_all_laptops_end_the_same",
            f"{_S}/test_schedule.py::test_no_edit_is_lost_in_long_schedules"),
}  # fmt: skip
"""By the number of SYNC section 6."""
