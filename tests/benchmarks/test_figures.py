import importlib

import pytest

from tests.benchmarks.__main__ import known, main
from tests.benchmarks.figures import Figure, medians, seconds


@pytest.mark.parametrize(("ours", "goal", "holds"), [(2.0, 4, True), (4.0, 2, True), (4.1, 2, False)])
def test_figure_holds_up_to_its_goal(ours, goal, holds):
    figure = Figure(size=500, ours_s=ours, reference_s=2.0, goal=goal)
    assert (figure.ratio, figure.holds) == (ours / 2, holds)


def test_figure_line_has_the_agreed_keys():
    figure = Figure(size=500, ours_s=0.3, reference_s=0.1, goal=4, part="counters")
    assert figure.as_line("P3") == {
        "id": "P3-counters",
        "size": 500,
        "ours_s": 0.3,
        "reference_s": 0.1,
        "ratio": 3.0,
        "goal": 4,
        "holds": True,
    }


def test_medians_alternate_and_prepare_before_each_call():
    calls = []
    ours, reference = medians(
        lambda: calls.append("ours"), lambda: calls.append("reference"), before=lambda: calls.append("before"), rounds=3
    )
    assert calls == ["before", "ours", "before", "reference"] * 3
    assert ours > 0 < reference


def test_seconds_switches_the_collector_back_on_after_a_failure():
    import gc  # noqa: PLC0415 - the module's state is what is tested

    with pytest.raises(ZeroDivisionError):
        seconds(lambda: 1 / 0)
    assert gc.isenabled()


def test_every_benchmark_can_be_run():
    modules = [importlib.import_module(f"tests.benchmarks.bench_{name.lower()}") for name in known()]
    assert [module.__name__ for module in modules if not callable(getattr(module, "run", None))] == []
    assert known() == sorted(known(), key=lambda name: (len(name), name))


def test_unknown_benchmark_is_told(capsys):
    assert main(["p99"]) == 2
    assert capsys.readouterr().err.startswith("No such benchmark: P99. There are: ")
