"""Reads a metrics file with Prometheus' own parser and prints its samples as JSON."""
import json
import sys

from prometheus_client.parser import text_string_to_metric_families

with open(sys.argv[1], encoding="utf-8") as file:
    families = list(text_string_to_metric_families(file.read()))
print(json.dumps([
    {"name": s.name, "labels": s.labels, "value": s.value, "type": family.type,
     "help": family.documentation}
    for family in families for s in family.samples
]))
