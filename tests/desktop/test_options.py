"""Settings > Options > Processing > Providers > Carbon: shown once, saved by OK, refused with a reason."""

MEMORY, THREADS, DEVICE = "Memory budget of a run (MB)", "Threads of a run (0: as QGIS)", "Device that trains networks"


def test_the_page_lists_our_settings_and_saves_them(desktop):
    (listed,) = desktop("options", "listed")
    before = dict(listed)
    assert {MEMORY, THREADS, DEVICE} <= set(before)
    saved = desktop("options", "change", values={MEMORY: "300", THREADS: "2", DEVICE: "cpu"})
    try:
        assert [str(value) for value in saved[MEMORY]] == ["300", "300"]
        assert [str(value) for value in saved[THREADS]] == ["2", "2"]
        assert [str(value) for value in saved[DEVICE]] == ["1", "1"]  # QGIS keeps the place in the list
        (listed,) = desktop("options", "listed")
        assert dict(listed)[MEMORY] == "300" and dict(listed)[DEVICE] == "cpu"
    finally:
        desktop("options", "change", values=before)


def test_a_value_that_cannot_be_is_told_and_not_saved(inside):
    result = inside("options", "change", values={MEMORY: "-5"})
    (box,) = result.message_boxes
    assert box.startswith('Wrong value: Wrong value for parameter "{}":'.format(MEMORY))
    assert result.script_error is None and not result.python_errors
    assert all(str(value) != "-5" for value in result.value[MEMORY])


def test_cancel_keeps_what_was(desktop):
    (listed,) = desktop("options", "listed")
    desktop("options", "change", values={MEMORY: "777"}, button="Cancel")
    assert desktop("options", "listed") == [listed]
