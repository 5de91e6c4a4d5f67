"""What the limited child may be asked to do here: a template in, its layout out.

>>> from mapp_compliance.watermark import layout_from_json
>>> question = {"path": "a.txt.j2", "text": "id {{ nonce(4, name='id') }}", "delimiters": [
...     "{{", "}}", "{%", "%}", "{#", "#}"]}
>>> answer = b"".join(TASKS["compile_template"](json.dumps(question).encode()))
>>> layout_from_json(answer).files[0].path
'a.txt'
"""

import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from mapp_compliance.adapters.render.template import compile_template
from mapp_compliance.watermark import layout_to_json


def compile_asked(question: bytes) -> list[bytes]:
    """The layout, as JSON, of a template with its path and delimiters, as JSON."""
    asked = json.loads(question)
    return [layout_to_json(compile_template(asked["path"], asked["text"], asked["delimiters"]))]


TASKS: Mapping[str, Callable[[bytes], Iterable[bytes]]] = MappingProxyType(
    {"compile_template": compile_asked}
)
