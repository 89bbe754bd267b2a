from jupyter_hpo.widgets.typescript import COMMAND, TARGET, generate


def test_protocol_ts_is_current():
    written = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    assert written == generate(), f"{TARGET.name} is stale. Run: {COMMAND}"


def test_every_kind_of_field_is_written():
    text = generate()
    assert "values: number[] | null;" in text
    assert "params: Record<string, unknown>;" in text
    assert 'kind: "update";' in text
    assert "state: StudyState;" in text
    assert "texts: Record<string, Record<string, string>>;" in text
