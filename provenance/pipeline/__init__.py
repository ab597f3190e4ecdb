"""Use cases: the only layer that joins the others.

Names are imported on first use, so that `--help` does not wait for the compiler.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from provenance.startup import lean_imports

if TYPE_CHECKING:
    from provenance.pipeline.attesting.attestations import (
        ExpectedSubjects as ExpectedSubjects,
        append_claim as append_claim,
        attest as attest,
        attestations_about as attestations_about,
        environment_passphrase as environment_passphrase,
        model_subject as model_subject,
        open_key as open_key,
        read_statements as read_statements,
        read_trust as read_trust,
        verify_attestation as verify_attestation,
    )
    from provenance.pipeline.attesting.disputes import (
        ItemChoice as ItemChoice,
        open_disputes as open_disputes,
        verify_note as verify_note,
        write_note as write_note,
    )
    from provenance.pipeline.attesting.report_replay import (
        replay as replay,
        verify_report as verify_report,
    )
    from provenance.pipeline.attesting.signed_folders import (
        SIGNATURE_FILE as SIGNATURE_FILE,
        sign_folder as sign_folder,
        verify_folder as verify_folder,
    )
    from provenance.pipeline.audit.rights_holder_answer import (
        answer as answer,
        check_pdf_library as check_pdf_library,
        points_to_withhold as points_to_withhold,
        save_answer as save_answer,
    )
    from provenance.pipeline.building.build_commands import registry_recipe as registry_recipe
    from provenance.pipeline.building.dump_preview import (
        DumpPreview as DumpPreview,
        preview_dumps as preview_dumps,
    )
    from provenance.pipeline.building.registries import (
        ColumnMapping as ColumnMapping,
        DeletedItems as DeletedItems,
        DumpEngine as DumpEngine,
        DumpSource as DumpSource,
        Manifest as Manifest,
        PublishedSource as PublishedSource,
        add_to_registry as add_to_registry,
        build_registry as build_registry,
        find_published_source as find_published_source,
        published_sources as published_sources,
        show_registry as show_registry,
        verify_registry as verify_registry,
    )
    from provenance.pipeline.building.registry_changes import (
        Conditions as Conditions,
        author_names as author_names,
        compact as compact,
        example_items as example_items,
        forget_registries as forget_registries,
        mark as mark,
        merge_into as merge_into,
        opt_out as opt_out,
        registry_upkeep as registry_upkeep,
        restore_to_registry as restore_to_registry,
        take_subset as take_subset,
        withdraw_from_registry as withdraw_from_registry,
        withdrawn_items as withdrawn_items,
        withdrawn_lines as withdrawn_lines,
    )
    from provenance.pipeline.caching.result_cache import (
        cache_folder as cache_folder,
        cache_usage as cache_usage,
        clear_cache as clear_cache,
    )
    from provenance.pipeline.calibration.calibrate import (
        PlantingOptions as PlantingOptions,
        calibrate as calibrate,
    )
    from provenance.pipeline.calibration.chance_fit import fit_chance_model as fit_chance_model
    from provenance.pipeline.checking.dataset_check import check as check
    from provenance.pipeline.checking.declared_only import empty_registry as empty_registry
    from provenance.pipeline.checking.early_hashing import hash_in_background as hash_in_background
    from provenance.pipeline.checking.reading_counts import ReadingCounts as ReadingCounts
    from provenance.pipeline.checking.shards import (
        CheckPlan as CheckPlan,
        Shard as Shard,
        remove_tasks as remove_tasks,
    )
    from provenance.pipeline.cleaning.clean_output import (
        check_output_file as check_output_file,
        check_output_outside as check_output_outside,
        path_or_address as path_or_address,
    )
    from provenance.pipeline.cleaning.dataset_cleaning import clean as clean
    from provenance.pipeline.cleaning.dataset_diff import diff as diff
    from provenance.pipeline.cleaning.forget_sets import (
        read_forget_set as read_forget_set,
        save_forget_set as save_forget_set,
    )
    from provenance.pipeline.disclosure.disclosing import (
        disclose as disclose,
        save_disclosures as save_disclosures,
        write_answers_template as write_answers_template,
    )
    from provenance.pipeline.exchange.key_files import key_environment as key_environment
    from provenance.pipeline.publishing.public_screening import (
        save_hits as save_hits,
        screen as screen,
        screen_addresses as screen_addresses,
    )
    from provenance.pipeline.exchange.pulling import pull as pull
    from provenance.pipeline.exchange.pushing import push as push
    from provenance.pipeline.publishing.registry_publishing import (
        is_public_copy as is_public_copy,
        open_public_copy as open_public_copy,
        parse_rate as parse_rate,
        publish_keyed_copy as publish_keyed_copy,
        publish_public_copy as publish_public_copy,
    )
    from provenance.pipeline.exchange.registry_signatures import (
        sign as sign,
        trust_check as trust_check,
        trust_of_policy as trust_of_policy,
    )
    from provenance.pipeline.exchange.remote_registries import (
        local_folder as local_folder,
        overdue_registries as overdue_registries,
    )
    from provenance.pipeline.checking.distribution import scan_shard as scan_shard
    from provenance.pipeline.checking.jit_warmup import start_check as start_check
    from provenance.pipeline.execution.stage_log import log_to_stderr as log_to_stderr
    from provenance.pipeline.finding_review import (
        add_label as add_label,
        corrected_shares as corrected_shares,
        export_sheet as export_sheet,
        import_labels as import_labels,
        open_review as open_review,
        save_review as save_review,
    )
    from provenance.pipeline.github_publishing import publish as publish
    from provenance.pipeline.ledger_check import check_ledger as check_ledger
    from provenance.pipeline.ledger_import import import_table as import_table
    from provenance.pipeline.ledger_records import (
        add_check as add_check,
        add_dataset as add_dataset,
        add_to_ledger as add_to_ledger,
        add_withdrawal as add_withdrawal,
        digest_of_document as digest_of_document,
        entry_document as entry_document,
        erase_from_ledger as erase_from_ledger,
        export_ledger as export_ledger,
        ledger_of_policy as ledger_of_policy,
        ledger_to_read as ledger_to_read,
        named_ledger as named_ledger,
        notes_on_record as notes_on_record,
        open_ledger as open_ledger,
        parse_dates as parse_dates,
        parse_day as parse_day,
        record_check as record_check,
        record_cleaning as record_cleaning,
        record_restoration as record_restoration,
        record_tombstones as record_tombstones,
        record_withdrawal as record_withdrawal,
        select_entry as select_entry,
        tombstones_of as tombstones_of,
    )
    from provenance.pipeline.ledger_witnesses import (
        add_timestamp as add_timestamp,
        has_signature as has_signature,
        sign_ledger as sign_ledger,
    )
    from provenance.pipeline.matching.tracing import trace as trace
    from provenance.pipeline.report_io import (
        check_writable as check_writable,
        effective_policy as effective_policy,
        save_report as save_report,
    )
    from provenance.pipeline.rule_commands.policy_commands import (
        check_policy as check_policy,
        policy_errors as policy_errors,
        describe_policy as describe_policy,
        write_policy_template as write_policy_template,
    )
    from provenance.pipeline.rule_commands.rule_checking import (
        compare_rules as compare_rules,
        lint_rules as lint_rules,
        run_rule_cases as run_rule_cases,
        verify_rule_copies as verify_rule_copies,
        watch_rule_copies as watch_rule_copies,
    )
    from provenance.pipeline.rule_commands.rule_lookup import (
        explain_rule as explain_rule,
        list_rules as list_rules,
        resolve_policy as resolve_policy,
        show_rule as show_rule,
        show_timeline as show_timeline,
    )
    from provenance.pipeline.rule_commands.signal_explanation import (
        explain_signals as explain_signals,
    )
    from provenance.pipeline.sample_data import unpack_sample as unpack_sample
    from provenance.pipeline.settings import Settings as Settings
    from provenance.pipeline.sketching import (
        NamedSketch as NamedSketch,
        compare_sketches as compare_sketches,
        save_sketch as save_sketch,
        sketch_addresses as sketch_addresses,
        sketch_corpus as sketch_corpus,
        sketch_options as sketch_options,
        stored_sketch as stored_sketch,
    )
    from provenance.pipeline.source_names import (
        source_id as source_id,
        source_name_warning as source_name_warning,
    )
    from provenance.pipeline.execution.progress import (
        report_progress_to as report_progress_to,
        show_progress_on_stderr as show_progress_on_stderr,
    )
    from provenance.pipeline.python_api.python_inputs import (
        COPY_REMEDY as COPY_REMEDY,
        addresses_or_corpus as addresses_or_corpus,
        day_text as day_text,
        file_addresses as file_addresses,
        local_path as local_path,
        local_registry as local_registry,
    )
    from provenance.pipeline.python_api.policy_options import (
        has_policy_options as has_policy_options,
        normalise_options as normalise_options,
        policy_of_options as policy_of_options,
        settings_of_options as settings_of_options,
    )
    from provenance.pipeline.python_api.outcomes import Outcome as Outcome

_NAMES = {
    "attesting.attestations": (
        "ExpectedSubjects append_claim attest attestations_about environment_passphrase "
        "model_subject open_key read_statements read_trust verify_attestation"
    ),
    "attesting.disputes": "ItemChoice open_disputes verify_note write_note",
    "attesting.report_replay": "replay verify_report",
    "attesting.signed_folders": "SIGNATURE_FILE sign_folder verify_folder",
    "audit.rights_holder_answer": "answer check_pdf_library points_to_withhold save_answer",
    "building.build_commands": "registry_recipe",
    "building.dump_preview": "DumpPreview preview_dumps",
    "building.registries": (
        "ColumnMapping DeletedItems DumpEngine DumpSource Manifest "
        "PublishedSource add_to_registry build_registry find_published_source "
        "published_sources show_registry verify_registry"
    ),
    "building.registry_changes": (
        "Conditions author_names compact example_items forget_registries mark merge_into "
        "opt_out registry_upkeep restore_to_registry take_subset withdraw_from_registry "
        "withdrawn_items withdrawn_lines"
    ),
    "caching.result_cache": "cache_folder cache_usage clear_cache",
    "calibration.calibrate": "PlantingOptions calibrate",
    "calibration.chance_fit": "fit_chance_model",
    "checking.dataset_check": "check",
    "checking.declared_only": "empty_registry",
    "checking.distribution": "scan_shard",
    "checking.early_hashing": "hash_in_background",
    "checking.jit_warmup": "start_check",
    "checking.reading_counts": "ReadingCounts",
    "checking.shards": "CheckPlan Shard remove_tasks",
    "cleaning.clean_output": "check_output_file check_output_outside path_or_address",
    "cleaning.dataset_cleaning": "clean",
    "cleaning.dataset_diff": "diff",
    "cleaning.forget_sets": "read_forget_set save_forget_set",
    "disclosure.disclosing": "disclose save_disclosures write_answers_template",
    "exchange.key_files": "key_environment",
    "exchange.pulling": "pull",
    "exchange.pushing": "push",
    "exchange.registry_signatures": "sign trust_check trust_of_policy",
    "exchange.remote_registries": "local_folder overdue_registries",
    "execution.stage_log": "log_to_stderr",
    "finding_review": (
        "add_label corrected_shares export_sheet import_labels open_review save_review"
    ),
    "github_publishing": "publish",
    "ledger_check": "check_ledger",
    "ledger_import": "import_table",
    "ledger_records": (
        "add_check add_dataset add_to_ledger add_withdrawal digest_of_document "
        "entry_document erase_from_ledger export_ledger ledger_of_policy ledger_to_read "
        "named_ledger notes_on_record open_ledger parse_dates parse_day record_check "
        "record_cleaning record_restoration record_tombstones record_withdrawal select_entry "
        "tombstones_of"
    ),
    "ledger_witnesses": "add_timestamp has_signature sign_ledger",
    "matching.tracing": "trace",
    "publishing.public_screening": "save_hits screen screen_addresses",
    "publishing.registry_publishing": (
        "is_public_copy open_public_copy parse_rate publish_keyed_copy publish_public_copy"
    ),
    "report_io": "check_writable effective_policy save_report",
    "rule_commands.policy_commands": (
        "check_policy describe_policy policy_errors write_policy_template"
    ),
    "rule_commands.rule_checking": (
        "compare_rules lint_rules run_rule_cases verify_rule_copies watch_rule_copies"
    ),
    "rule_commands.rule_lookup": "explain_rule list_rules resolve_policy show_rule show_timeline",
    "rule_commands.signal_explanation": "explain_signals",
    "sample_data": "unpack_sample",
    "settings": "Settings",
    "sketching": (
        "NamedSketch compare_sketches save_sketch sketch_addresses sketch_corpus "
        "sketch_options stored_sketch"
    ),
    "source_names": "source_id source_name_warning",
    "execution.progress": "report_progress_to show_progress_on_stderr",
    "python_api.python_inputs": (
        "COPY_REMEDY addresses_or_corpus day_text file_addresses local_path local_registry"
    ),
    "python_api.policy_options": (
        "has_policy_options normalise_options policy_of_options settings_of_options"
    ),
    "python_api.outcomes": "Outcome",
}
"""Names by the module in this package that defines them."""
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with lean_imports():
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
