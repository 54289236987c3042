"""Checks a dashboard against what Grafana asks of one that is imported, and its queries against a metrics file.

Usage: dashboard.py DASHBOARD.json METRICS.prom. Each fault is a line; exit 1 if there is any.

Rules: "Dashboard JSON model" (grafana.com/docs, classic model): fields and types, the grid of 24 columns, identifiers
that are unique; "Variables": each that is used is declared; an export for others has no id. PromQL: names and
functions as in prometheus.io/docs/prometheus/latest/querying.
"""
import json
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

PANELS = {"stat", "timeseries", "table", "gauge", "bargauge", "barchart", "text", "row", "state-timeline"}
VARIABLES = {"query", "custom", "constant", "datasource", "interval", "textbox", "adhoc"}
FUNCTIONS = {
    "sum", "min", "max", "avg", "count", "topk", "bottomk", "time", "vector", "scalar", "rate", "increase",
    "delta", "changes", "clamp_min", "clamp_max", "max_over_time", "min_over_time", "last_over_time",
    "label_replace", "absent", "timestamp", "round", "sort_desc", "sort", "label_values",
}
KEYWORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "or", "and", "unless", "bool", "offset"}
# Prometheus adds these to whatever it scrapes.
SCRAPED = {"instance", "job"}
faults = []


def check(holds, text):
    if not holds:
        faults.append(text)
    return holds


def is_type(value, kind):
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def demand(tree, where, **kinds):
    """Each field is there and of its type."""
    for name, kind in kinds.items():
        name = name.rstrip("_")
        if check(name in tree, f"{where}: no {name}"):
            check(is_type(tree[name], kind), f"{where}: {name} is no {kind.__name__}")


def names_and_labels(expression, where):
    """The metrics of a query and the labels that it compares or groups by."""
    labels = set()
    text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', expression)
    for opening, closing in ("()", "{}", "[]"):
        check(text.count(opening) == text.count(closing), f"{where}: {opening}{closing} do not match")

    def take(match):
        for part in match.group(1).split(","):
            found = re.fullmatch(r'\s*([a-zA-Z_]\w*)\s*(=|!=|=~|!~)\s*""\s*', part)
            if check(found, f"{where}: {part!r} compares no label"):
                labels.add(found.group(1))
        return " "

    text = re.sub(r"\{([^{}]*)\}", take, text)

    def group(match):
        labels.update(word.strip() for word in match.group(2).split(",") if word.strip())
        return " "

    text = re.sub(r"\b(by|without|on|ignoring)\s*\(([^()]*)\)", group, text)
    text = re.sub(r"\[[^\]]*\]", " ", text)
    names = set()
    for found in re.finditer(r"[a-zA-Z_:][\w:]*", text):
        word, rest = found.group(), text[found.end():].lstrip()
        if word in KEYWORDS:
            continue
        if rest.startswith("("):
            check(word in FUNCTIONS, f"{where}: {word} is no function that is known here")
        else:
            names.add(word)
    return names, labels


def variables_in(text):
    """What stands behind $, in each of its forms, but for Grafana's own $__variables."""
    found = re.findall(r"\$(?:\{(\w+)(?:[:.][^}]*)?\}|(\w+)|)|\[\[(\w+)\]\]", text)
    return {name for forms in found for name in forms if name and not name.startswith("__")}


def check_datasource(tree, where, declared):
    source = tree.get("datasource")
    if check(isinstance(source, dict), f"{where}: no datasource"):
        check(source.get("type") == "prometheus", f"{where}: the datasource is no prometheus")
        used = variables_in(str(source.get("uid", "")))
        check(used and used <= declared, f"{where}: the datasource {source.get('uid')!r} is of one machine only")


def check_panel(panel, where, declared, metrics):
    demand(panel, where, id=int, type=str, title=str, gridPos=dict, fieldConfig=dict, options=dict, targets=list)
    check(panel.get("type") in PANELS, f"{where}: {panel.get('type')!r} is no panel of Grafana's own")
    check_datasource(panel, where, declared)
    steps = panel.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps", [])
    values = [step.get("value") for step in steps]
    if values:
        check(values[0] is None, f"{where}: the first threshold has a value")
        rest = values[1:]
        check(None not in rest and rest == sorted(rest), f"{where}: the thresholds do not ascend")
    targets = panel.get("targets", [])
    references = [target.get("refId") for target in targets]
    check(len(set(references)) == len(references) and None not in references, f"{where}: refId is not unique")
    asked = set()
    for target in targets:
        here = f"{where}, query {target.get('refId')}"
        demand(target, here, refId=str, expr=str)
        check_datasource(target, here, declared)
        names, labels = names_and_labels(target.get("expr", ""), here)
        check(names, f"{here}: it asks for no metric")
        for name in names:
            if check(name in metrics, f"{here}: no run writes {name}"):
                missing = labels - metrics[name] - SCRAPED
                check(not missing, f"{here}: {name} has no label {', '.join(sorted(missing))}")
        asked |= names
    return asked


def check_grid(panels):
    taken = {}
    for panel in panels:
        grid, where = panel.get("gridPos", {}), f"panel {panel.get('id')}"
        demand(grid, where + ", gridPos", x=int, y=int, w=int, h=int)
        x, y, w, h = (grid.get(name, 0) for name in "xywh")
        check(0 <= x and w > 0 and x + w <= 24 and y >= 0 and h > 0, f"{where}: it lies outside of the grid")
        for place in ((column, row) for column in range(x, x + w) for row in range(y, y + h)):
            other = taken.setdefault(place, panel.get("id"))
            if not check(other == panel.get("id"), f"{where}: it lies on panel {other}"):
                break


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        board = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        families = list(text_string_to_metric_families(file.read()))
    metrics = {}
    for family in families:
        for sample in family.samples:
            metrics.setdefault(sample.name, set()).update(sample.labels)

    demand(board, "dashboard", title=str, uid=str, tags=list, schemaVersion=int, version=int, time=dict,
           templating=dict, annotations=dict, panels=list, timezone=str, refresh=str, editable=bool)
    check(board.get("id") is None, "dashboard: it has the id of one Grafana, which would be replaced")
    check(re.fullmatch(r"[A-Za-z0-9_-]{1,40}", board.get("uid", "")), "dashboard: no uid that Grafana takes")
    check(board.get("title", "").strip(), "dashboard: the title is empty")
    check(16 <= board.get("schemaVersion", 0) <= 42, "dashboard: the schema is none of the classic model with a grid")
    demand(board.get("time", {}), "time", from_=str, to=str)
    check(isinstance(board.get("annotations", {}).get("list"), list), "annotations: no list")

    variables = board.get("templating", {}).get("list", [])
    declared = [variable.get("name") for variable in variables]
    check(len(set(declared)) == len(declared), "templating: a name stands twice")
    asked = set()
    for variable in variables:
        where = f"variable {variable.get('name')}"
        demand(variable, where, name=str, type=str)
        check(variable.get("type") in VARIABLES, f"{where}: no type of Grafana's")
        if variable.get("type") == "datasource":
            check(variable.get("query") == "prometheus", f"{where}: it chooses no prometheus")
        if variable.get("type") == "query":
            check_datasource(variable, where, set(declared))
            query = variable.get("query", {}).get("query", "")
            found = re.fullmatch(r"label_values\((\w+),\s*(\w+)\)", query)
            if check(found, f"{where}: {query!r} gives no values of a label"):
                check(found.group(1) in metrics, f"{where}: no run writes {found.group(1)}")
                known = metrics.get(found.group(1), set()) | SCRAPED
                check(found.group(2) in known, f"{where}: there is no label {found.group(2)}")
    used = variables_in(json.dumps(board))
    check(used <= set(declared), f"variables that nobody declares: {sorted(used - set(declared))}")

    panels = board.get("panels", [])
    numbers = [panel.get("id") for panel in panels]
    check(len(set(numbers)) == len(numbers), "panels: an id stands twice")
    check_grid(panels)
    for panel in panels:
        asked |= check_panel(panel, f"panel {panel.get('id')}", set(declared), metrics)
    check(set(metrics) <= asked, f"metrics that no panel shows: {sorted(set(metrics) - asked)}")
    print("\n".join(faults) or f"{len(panels)} panels, {len(asked)} metrics")
    sys.exit(1 if faults else 0)


main()
