"""Shards and workers on an object store, against a server of our own."""

from dataclasses import replace

import pytest

from provenance.pipeline import check, remove_tasks
from provenance.pipeline.report_io import save_report
from provenance.pipeline.settings import Settings
from tests.pipeline.checking.sharded_checks import contents, merge, run_shards

s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")
moto = pytest.importorskip("moto.server", reason="moto is not installed")

_BUCKET = "bucket"


@pytest.fixture
def store(monkeypatch):
    """An S3 server on this machine, with an empty bucket."""
    server = moto.ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem()
    system.mkdir(_BUCKET)
    yield system
    system.rm(_BUCKET, recursive=True)  # buckets outlive their server
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.mark.filterwarnings("ignore")  # those of the server and of its client
def test_shards_on_an_object_store_make_the_report_of_a_single_check(
    tmp_path, corpus, policy, store
):
    address, tasks = f"s3://{_BUCKET}/corpus", f"s3://{_BUCKET}/report/tasks"
    store.put(str(corpus), f"{_BUCKET}/corpus", recursive=True)
    expected = contents(check([address], policy, Settings()), tmp_path / "single")
    run_shards(address, policy, tasks, 3)
    merged = merge(address, policy, tasks, 3)
    assert contents(merged, tmp_path / "merged") == expected
    save_report(merged, f"s3://{_BUCKET}/report")
    names = {path.rpartition("/")[2] for path in store.ls(f"{_BUCKET}/report")}
    assert names == {*expected, "tasks"}
    found = store.cat_file(f"{_BUCKET}/report/findings.parquet")
    assert found == expected["findings.parquet"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_workers_leave_their_readings_in_an_object_store(tmp_path, corpus, policy, store, engine):
    address, tasks = f"s3://{_BUCKET}/corpus", f"s3://{_BUCKET}/report/tasks"
    store.put(str(corpus), f"{_BUCKET}/corpus", recursive=True)
    expected = contents(check([address], policy, Settings()), tmp_path / "single")
    made = check([address], policy, Settings(engine=engine, tasks=tasks, threads=2))
    assert contents(made, tmp_path / "made") == expected
    remove_tasks(tasks)
    assert not store.exists(f"{_BUCKET}/report/tasks")


@pytest.mark.filterwarnings("ignore")
def test_a_registry_in_an_object_store_is_matched_as_one_on_disk(
    tmp_path, corpus, policy, store, monkeypatch
):
    monkeypatch.setenv("PROVENANCE_CACHE", str(tmp_path / "cache"))
    expected = check([str(corpus)], policy, Settings()).findings
    [registry] = policy.registries
    store.put(f"{registry}/", f"{_BUCKET}/registry/", recursive=True)
    remote = replace(policy, registries=(f"s3://{_BUCKET}/registry",))
    for settings in (Settings(), Settings(engine="processes", threads=2)):
        assert check([str(corpus)], remote, settings).findings.equals(expected)
